/*
 * aarch64: translation tables, 4 KiB granule (ARM ARM section D8.3).  The
 * kernel lives in the upper half; the lower half stays empty.
 */
#include "defs.h"

#define PTE_VALID	0x001ULL
#define PTE_TABLE	0x002ULL	/* also marks a page at level 3 */
#define PTE_DEVICE	0x004ULL	/* attr 1 */
#define PTE_RO		0x080ULL
#define PTE_SHARED	0x300ULL
#define PTE_AF		0x400ULL
#define PTE_PXN		(1ULL << 53)
#define PTE_UXN		(1ULL << 54)
#define PTE_FRAME	0x0000fffffffff000ULL

static uint64_t level0_pa, empty_pa;

/* The entry of va in the table whose entries span 1 << lowest bytes. */
static pte_t *
walk(uintptr_t va, unsigned lowest, bool make)
{
	uint64_t table = level0_pa;

	for (unsigned shift = 39; shift > lowest; shift -= 9) {
		pte_t *e = (pte_t *)KVA(table) + ((va >> shift) & 511);

		if (!(*e & PTE_VALID)) {
			uint64_t pa = make ? page_alloc(1) : 0;

			if (pa == 0)
				return NULL;
			*e = pa | PTE_VALID | PTE_TABLE;
		}
		table = *e & PTE_FRAME;
	}
	return (pte_t *)KVA(table) + ((va >> lowest) & 511);
}

void
arch_pmap_create(void)
{
	level0_pa = page_alloc(1);
	empty_pa = page_alloc(1);
}

void
arch_pmap_activate(void)
{
	__asm volatile("dsb ish; msr ttbr1_el1, %0; msr ttbr0_el1, %1; isb;"
	    "tlbi vmalle1; dsb ish; isb" :: "r"(level0_pa), "r"(empty_pa) :
	    "memory");
}

void
arch_map_large(uintptr_t va, uint64_t pa)
{
	*walk(va, 21, true) = pa | PTE_VALID | PTE_SHARED | PTE_AF |
	    PTE_PXN | PTE_UXN;
}

pte_t *
arch_pte(uintptr_t va, bool make)
{
	return walk(va, 12, make);
}

pte_t
arch_pte_make(uint64_t pa, unsigned prot)
{
	return pa | PTE_VALID | PTE_TABLE | PTE_SHARED | PTE_AF | PTE_UXN |
	    (prot & PROT_WRITE ? 0 : PTE_RO) |
	    (prot & PROT_EXEC ? 0 : PTE_PXN) |
	    (prot & PROT_DEVICE ? PTE_DEVICE : 0);
}

uint64_t
arch_pte_pa(pte_t pte)
{
	return pte & PTE_VALID ? pte & PTE_FRAME : 0;
}

void
arch_tlb_flush(uintptr_t va)
{
	__asm volatile("dsb ishst; tlbi vaae1is, %0; dsb ish; isb" ::
	    "r"((va >> 12) & 0xfffffffffffULL) : "memory");
}
