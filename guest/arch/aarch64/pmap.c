/*
 * aarch64: translation tables.  The kernel window maps all RAM at KERNBASE:
 * the unit that holds the image in 4 KiB pages with their permissions, the
 * rest in 2 MiB blocks.  The module area gets its pages one by one.  The
 * lower half of the address space, page 0 with it, stays empty.
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
#define PTE_NX		(PTE_PXN | PTE_UXN)
#define PTE_NORMAL	(PTE_VALID | PTE_SHARED | PTE_AF)
#define PTE_FRAME	0x0000fffffffff000ULL
#define BLOCK_BYTES	0x200000ULL

static uint64_t level0_pa;

static void
tlb_flush(uintptr_t va)
{
	__asm volatile("dsb ishst; tlbi vaae1is, %0; dsb ish; isb" ::
	    "r"((va >> 12) & 0xfffffffffffULL) : "memory");
}

/* The entry of va in the table whose entries span 1 << lowest bytes. */
static uint64_t *
walk(uintptr_t va, unsigned lowest, bool make)
{
	uint64_t table = level0_pa;

	for (unsigned shift = 39; shift > lowest; shift -= 9) {
		uint64_t *e = (uint64_t *)KVA(table) + ((va >> shift) & 511);

		if (!(*e & PTE_VALID)) {
			uint64_t pa = make ? page_alloc() : 0;

			if (pa == 0)
				return NULL;
			*e = pa | PTE_VALID | PTE_TABLE;
		}
		table = *e & PTE_FRAME;
	}
	return (uint64_t *)KVA(table) + ((va >> lowest) & 511);
}

static uint64_t
image_flags(uintptr_t va)
{
	if (va >= (uintptr_t)__text_start && va < (uintptr_t)__text_end)
		return PTE_RO | PTE_UXN;
	if (va >= (uintptr_t)__rodata_start && va < (uintptr_t)__rodata_end)
		return PTE_RO | PTE_NX;
	return PTE_NX;
}

void
arch_pmap_init(void)
{
	uint64_t empty = page_alloc();

	level0_pa = page_alloc();
	for (uint64_t off = 0; off < bootinfo.ram_bytes; off += BLOCK_BYTES) {
		uintptr_t va = KERNBASE + off;

		if (va >= (uintptr_t)__rodata_end) {
			*walk(va, 21, true) = KPA(va) | PTE_NORMAL | PTE_NX;
			continue;
		}
		for (unsigned i = 0; i < 512; i++, va += PAGE_SIZE)
			*walk(va, 12, true) = KPA(va) | PTE_NORMAL |
			    PTE_TABLE | image_flags(va);
	}
	for (unsigned i = 0; i < WIRE_DEVICES_BYTES; i += PAGE_SIZE)
		*walk(DEVICES_VA + i, 12, true) = (DEVICES_PA + i) |
		    PTE_VALID | PTE_TABLE | PTE_AF | PTE_DEVICE | PTE_NX;
	__asm volatile("dsb ish; msr ttbr1_el1, %0; msr ttbr0_el1, %1; isb;"
	    "tlbi vmalle1; dsb ish; isb" :: "r"(level0_pa), "r"(empty) :
	    "memory");
}

int
arch_map(uintptr_t va, uint64_t pa, unsigned prot)
{
	uint64_t *pte = walk(va, 12, true);

	if (pte == NULL)
		return ENOMEM;
	*pte = pa | PTE_NORMAL | PTE_TABLE | PTE_UXN |
	    (prot & PROT_WRITE ? 0 : PTE_RO) |
	    (prot & PROT_EXEC ? 0 : PTE_PXN);
	tlb_flush(va);
	return 0;
}

void
arch_unmap(uintptr_t va)
{
	uint64_t *pte = walk(va, 12, false);

	if (pte == NULL)
		return;
	*pte = 0;
	tlb_flush(va);
}

uint64_t
arch_extract(uintptr_t va)
{
	if (va >= KERNBASE && va - KERNBASE < bootinfo.ram_bytes)
		return KPA(va) & ~(uint64_t)(PAGE_SIZE - 1);
	if (va < MODULES_START)
		return 0;

	uint64_t *pte = walk(va, 12, false);

	return pte != NULL && (*pte & PTE_VALID) ? *pte & PTE_FRAME : 0;
}
