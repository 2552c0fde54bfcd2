/*
 * i386: page tables without PAE.  The kernel window maps all RAM at
 * KERNBASE: the unit that holds the image in 4 KiB pages with their
 * permissions, the rest in 4 MiB pages.  The module area gets its pages one
 * by one.  These tables cannot forbid execution.
 */
#include "defs.h"

#define PTE_P		0x001U
#define PTE_W		0x002U
#define PTE_CD		0x018U		/* uncached */
#define PDE_LARGE	0x080U
#define PTE_FRAME	0xfffff000U
#define LARGE_BYTES	0x400000U

static uint32_t directory_pa;

static uint32_t *
directory_entry(uintptr_t va)
{
	return (uint32_t *)KVA(directory_pa) + (va >> 22);
}

/* The page table entry of va; makes its table. */
static uint32_t *
walk(uintptr_t va, bool make)
{
	uint32_t *pde = directory_entry(va);

	if (!(*pde & PTE_P)) {
		uint32_t pa = make ? (uint32_t)page_alloc() : 0;

		if (pa == 0)
			return NULL;
		*pde = pa | PTE_P | PTE_W;
	}
	return (uint32_t *)KVA(*pde & PTE_FRAME) + ((va >> 12) & 1023);
}

static bool
image_writable(uintptr_t va)
{
	return va < (uintptr_t)__text_start || va >= (uintptr_t)__rodata_end;
}

void
arch_pmap_init(void)
{
	directory_pa = (uint32_t)page_alloc();
	for (uint32_t pa = 0; pa < bootinfo.ram_bytes; pa += LARGE_BYTES) {
		uintptr_t va = KVA(pa);

		if (va >= (uintptr_t)__rodata_end) {
			*directory_entry(va) = pa | PTE_P | PTE_W | PDE_LARGE;
			continue;
		}
		for (unsigned i = 0; i < 1024; i++, va += PAGE_SIZE)
			*walk(va, true) = (uint32_t)KPA(va) | PTE_P |
			    (image_writable(va) ? PTE_W : 0);
	}
	for (unsigned i = 0; i < WIRE_DEVICES_BYTES; i += PAGE_SIZE)
		*walk(DEVICES_VA + i, true) =
		    (DEVICES_PA + i) | PTE_P | PTE_W | PTE_CD;
	__asm volatile("movl %0, %%cr3" :: "r"(directory_pa) : "memory");
}

int
arch_map(uintptr_t va, uint64_t pa, unsigned prot)
{
	uint32_t *pte = walk(va, true);

	if (pte == NULL)
		return ENOMEM;
	*pte = (uint32_t)pa | PTE_P | (prot & PROT_WRITE ? PTE_W : 0);
	__asm volatile("invlpg (%0)" :: "r"(va) : "memory");
	return 0;
}

void
arch_unmap(uintptr_t va)
{
	uint32_t *pte = walk(va, false);

	if (pte == NULL)
		return;
	*pte = 0;
	__asm volatile("invlpg (%0)" :: "r"(va) : "memory");
}

uint64_t
arch_extract(uintptr_t va)
{
	if (va >= KERNBASE && va - KERNBASE < bootinfo.ram_bytes)
		return KPA(va) & ~(uint64_t)(PAGE_SIZE - 1);

	uint32_t *pte = walk(va, false);

	return pte != NULL && (*pte & PTE_P) ? *pte & PTE_FRAME : 0;
}
