/*
 * amd64: four-level page tables (Intel SDM volume 3, section 4.5).
 */
#include "defs.h"

#define PTE_P		0x001ULL
#define PTE_USED	0x060ULL	/* accessed, dirty: said at once, so
					   that the CPU never writes to a table */
#define PTE_W		0x002ULL
#define PTE_UNCACHED	0x018ULL
#define PTE_LARGE	0x080ULL
#define PTE_NX		(1ULL << 63)
#define PTE_FRAME	0x000ffffffffff000ULL

static uint64_t pml4_pa;

/* The entry of va in the table whose entries span 1 << lowest bytes. */
static pte_t *
walk(uintptr_t va, unsigned lowest, bool make)
{
	uint64_t table = pml4_pa;

	for (unsigned shift = 39; shift > lowest; shift -= 9) {
		pte_t *e = (pte_t *)KVA(table) + ((va >> shift) & 511);

		if (!(*e & PTE_P)) {
			uint64_t pa = make ? page_alloc(1) : 0;

			if (pa == 0)
				return NULL;
			*e = pa | PTE_P | PTE_USED | PTE_W;
		}
		table = *e & PTE_FRAME;
	}
	return (pte_t *)KVA(table) + ((va >> lowest) & 511);
}

void
arch_pmap_create(void)
{
	pml4_pa = page_alloc(1);
}

void
arch_pmap_activate(void)
{
	__asm volatile("movq %0, %%cr3" :: "r"(pml4_pa) : "memory");
}

void
arch_map_large(uintptr_t va, uint64_t pa)
{
	*walk(va, 21, true) = pa | PTE_P | PTE_USED | PTE_W | PTE_NX |
	    PTE_LARGE;
}

pte_t *
arch_pte(uintptr_t va, bool make)
{
	return walk(va, 12, make);
}

pte_t
arch_pte_make(uint64_t pa, unsigned prot)
{
	return pa | PTE_P | PTE_USED | (prot & PROT_WRITE ? PTE_W : 0) |
	    (prot & PROT_EXEC ? 0 : PTE_NX) |
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
