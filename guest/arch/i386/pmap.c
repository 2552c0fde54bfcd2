/*
 * i386: two-level page tables without PAE (Intel SDM volume 3, section 4.3).
 * They cannot forbid execution.
 */
#include "defs.h"

#define PTE_P		0x001U
#define PTE_USED	0x060U	/* accessed, dirty: said at once, so that the
				   CPU never writes to a table */
#define PTE_W		0x002U
#define PTE_UNCACHED	0x018U
#define PDE_LARGE	0x080U
#define PTE_FRAME	0xfffff000U

static uint32_t directory_pa;

static pte_t *
directory_entry(uintptr_t va)
{
	return (pte_t *)KVA(directory_pa) + (va >> 22);
}

void
arch_pmap_create(void)
{
	directory_pa = (uint32_t)page_alloc(1);
}

void
arch_pmap_activate(void)
{
	__asm volatile("movl %0, %%cr3" :: "r"(directory_pa) : "memory");
}

void
arch_map_large(uintptr_t va, uint64_t pa)
{
	*directory_entry(va) = (uint32_t)pa | PTE_P | PTE_USED | PTE_W |
	    PDE_LARGE;
}

pte_t *
arch_pte(uintptr_t va, bool make)
{
	pte_t *pde = directory_entry(va);

	if (!(*pde & PTE_P)) {
		uint32_t pa = make ? (uint32_t)page_alloc(1) : 0;

		if (pa == 0)
			return NULL;
		*pde = pa | PTE_P | PTE_USED | PTE_W;
	}
	return (pte_t *)KVA(*pde & PTE_FRAME) + ((va >> 12) & 1023);
}

pte_t
arch_pte_make(uint64_t pa, unsigned prot)
{
	return (uint32_t)pa | PTE_P | PTE_USED |
	    (prot & PROT_WRITE ? PTE_W : 0) |
	    (prot & PROT_DEVICE ? PTE_UNCACHED : 0);
}

uint64_t
arch_pte_pa(pte_t pte)
{
	return pte & PTE_P ? pte & PTE_FRAME : 0;
}

void
arch_tlb_flush(uintptr_t va)
{
	__asm volatile("invlpg (%0)" :: "r"(va) : "memory");
}
