/*
 * Page tables, in terms of what arch.h says of one entry.  The kernel window
 * maps all RAM at KERNBASE: the units that hold the image in pages with their
 * permissions, the rest in large pages.  The module area gets its pages one by
 * one.  Nothing else is mapped, page 0 least of all.
 */
#include "defs.h"

static unsigned
image_prot(uintptr_t va)
{
	if (va >= (uintptr_t)__text_start && va < (uintptr_t)__text_end)
		return PROT_READ | PROT_EXEC;
	if (va >= (uintptr_t)__rodata_start && va < (uintptr_t)__rodata_end)
		return PROT_READ;
	return PROT_READ | PROT_WRITE;
}

void
pmap_init(void)
{
	uintptr_t end = KERNBASE + bootinfo.ram_bytes;

	arch_pmap_create();
	for (uintptr_t unit = KERNBASE; unit < end; unit += LARGE_BYTES) {
		if (unit >= (uintptr_t)__rodata_end) {
			arch_map_large(unit, KPA(unit));
			continue;
		}
		for (uintptr_t va = unit; va < unit + LARGE_BYTES;
		    va += PAGE_SIZE)
			*arch_pte(va, true) =
			    arch_pte_make(KPA(va), image_prot(va));
	}
	for (uintptr_t off = 0; off < WIRE_DEVICES_BYTES; off += PAGE_SIZE)
		*arch_pte(DEVICES_VA + off, true) =
		    arch_pte_make(WIRE_DEVICES_PA + off,
		    PROT_READ | PROT_WRITE | PROT_DEVICE);
	arch_pmap_activate();
}

int
pmap_map(uintptr_t va, uint64_t pa, unsigned prot)
{
	pte_t *pte = arch_pte(va, true);

	if (pte == NULL)
		return ENOMEM;
	*pte = arch_pte_make(pa, prot);
	arch_tlb_flush(va);
	return 0;
}

uint64_t
pmap_unmap(uintptr_t va)
{
	pte_t *pte = arch_pte(va, false);
	uint64_t pa = pte != NULL ? arch_pte_pa(*pte) : 0;

	if (pa != 0) {
		*pte = 0;
		arch_tlb_flush(va);
	}
	return pa;
}

uint64_t
pmap_extract(uintptr_t va)
{
	if (va >= KERNBASE && va - KERNBASE < bootinfo.ram_bytes)
		return KPA(va) & ~(uint64_t)(PAGE_SIZE - 1);
	if ((va < MODULES_START || va >= MODULES_END) && !heap_has(va))
		return 0;

	pte_t *pte = arch_pte(va, false);

	return pte != NULL ? arch_pte_pa(*pte) : 0;
}
