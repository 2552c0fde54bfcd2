/*
 * amd64: page tables.  The kernel window maps all RAM at KERNBASE: the unit
 * that holds the image in 4 KiB pages with their permissions, the rest in
 * 2 MiB pages.  The module area gets its pages one by one.
 */
#include "defs.h"

#define PTE_P		0x001ULL
#define PTE_W		0x002ULL
#define PTE_CD		0x018ULL	/* uncached */
#define PTE_LARGE	0x080ULL
#define PTE_NX		(1ULL << 63)
#define PTE_FRAME	0x000ffffffffff000ULL
#define LARGE_BYTES	0x200000ULL

static uint64_t pml4_pa;

/* The entry of va in the table whose entries span 1 << lowest bytes. */
static uint64_t *
walk(uintptr_t va, unsigned lowest, bool make)
{
	uint64_t table = pml4_pa;

	for (unsigned shift = 39; shift > lowest; shift -= 9) {
		uint64_t *e = (uint64_t *)KVA(table) + ((va >> shift) & 511);

		if (!(*e & PTE_P)) {
			uint64_t pa = make ? page_alloc() : 0;

			if (pa == 0)
				return NULL;
			*e = pa | PTE_P | PTE_W;
		}
		table = *e & PTE_FRAME;
	}
	return (uint64_t *)KVA(table) + ((va >> lowest) & 511);
}

static uint64_t
image_flags(uintptr_t va)
{
	if (va >= (uintptr_t)__text_start && va < (uintptr_t)__text_end)
		return PTE_P;
	if (va >= (uintptr_t)__rodata_start && va < (uintptr_t)__rodata_end)
		return PTE_P | PTE_NX;
	return PTE_P | PTE_W | PTE_NX;
}

void
arch_pmap_init(void)
{
	pml4_pa = page_alloc();
	for (uint64_t pa = 0; pa < bootinfo.ram_bytes; pa += LARGE_BYTES) {
		uintptr_t va = KVA(pa);

		if (va >= (uintptr_t)__rodata_end) {
			*walk(va, 21, true) =
			    pa | PTE_P | PTE_W | PTE_NX | PTE_LARGE;
			continue;
		}
		for (unsigned i = 0; i < 512; i++, va += PAGE_SIZE)
			*walk(va, 12, true) = KPA(va) | image_flags(va);
	}
	for (unsigned i = 0; i < WIRE_DEVICES_BYTES; i += PAGE_SIZE)
		*walk(DEVICES_VA + i, 12, true) =
		    (DEVICES_PA + i) | PTE_P | PTE_W | PTE_NX | PTE_CD;
	__asm volatile("movq %0, %%cr3" :: "r"(pml4_pa) : "memory");
}

int
arch_map(uintptr_t va, uint64_t pa, unsigned prot)
{
	uint64_t *pte = walk(va, 12, true);

	if (pte == NULL)
		return ENOMEM;
	*pte = pa | PTE_P | (prot & PROT_WRITE ? PTE_W : 0) |
	    (prot & PROT_EXEC ? 0 : PTE_NX);
	__asm volatile("invlpg (%0)" :: "r"(va) : "memory");
	return 0;
}

void
arch_unmap(uintptr_t va)
{
	uint64_t *pte = walk(va, 12, false);

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

	uint64_t *pte = walk(va, 12, false);

	return pte != NULL && (*pte & PTE_P) ? *pte & PTE_FRAME : 0;
}
