/*
 * armv7: short-descriptor tables (ARM ARM section B3.5).  A second-level table
 * takes a quarter of a page; each gets a whole one, for simplicity.
 */
#include "defs.h"

#define L1_TABLE	0x001U
#define SECTION		0x41eU		/* privileged, cacheable, XN */
#define PAGE		0x012U		/* privileged, small page */
#define PAGE_XN		0x001U
#define PAGE_NORMAL	0x00cU
#define PAGE_DEVICE	0x004U
#define PAGE_RO		0x200U
#define L2_FRAME	0xfffffc00U
#define PAGE_FRAME	0xfffff000U

static uint32_t level1[4096] __attribute__((__aligned__(16384)));

void
arch_pmap_create(void)
{
	/* level1 is zero. */
}

void
arch_pmap_activate(void)
{
	__asm volatile("dsb ish; mcr p15, 0, %0, c2, c0, 0; isb;"
	    "mcr p15, 0, %1, c8, c7, 0; dsb ish; isb" ::
	    "r"((uint32_t)KPA(level1)), "r"(0) : "memory");
}

void
arch_map_large(uintptr_t va, uint64_t pa)
{
	level1[va >> 20] = (uint32_t)pa | SECTION;
}

pte_t *
arch_pte(uintptr_t va, bool make)
{
	uint32_t *l1 = &level1[va >> 20];

	if (*l1 == 0) {
		uint32_t pa = make ? (uint32_t)page_alloc(1) : 0;

		if (pa == 0)
			return NULL;
		*l1 = pa | L1_TABLE;
	}
	return (pte_t *)KVA(*l1 & L2_FRAME) + ((va >> 12) & 255);
}

pte_t
arch_pte_make(uint64_t pa, unsigned prot)
{
	return (uint32_t)pa | PAGE | (prot & PROT_WRITE ? 0 : PAGE_RO) |
	    (prot & PROT_EXEC ? 0 : PAGE_XN) |
	    (prot & PROT_DEVICE ? PAGE_DEVICE : PAGE_NORMAL);
}

uint64_t
arch_pte_pa(pte_t pte)
{
	return pte & 0x2 ? pte & PAGE_FRAME : 0;
}

void
arch_tlb_flush(uintptr_t va)
{
	__asm volatile("dsb ish; mcr p15, 0, %0, c8, c7, 1; dsb ish; isb" ::
	    "r"(va & PAGE_FRAME) : "memory");
}
