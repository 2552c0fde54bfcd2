/*
 * Physical pages: a bitmap with one bit for each page of RAM, set when the
 * page is used.  Pages are zeroed when they are handed out, which also is
 * how the emulator learns to drop code it translated from a page's previous
 * life.
 */
#include "defs.h"

#define BITS	32

static uint32_t *used;
static size_t npages, nfree;
static size_t lowest;			/* every page below it is used */

static bool
page_used(size_t i)
{
	return used[i / BITS] >> (i % BITS) & 1;
}

static void
page_mark(size_t first, size_t n, bool use)
{
	for (size_t i = first; i < first + n; i++) {
		if (use)
			used[i / BITS] |= 1U << (i % BITS);
		else
			used[i / BITS] &= ~(1U << (i % BITS));
	}
	nfree = use ? nfree - n : nfree + n;
}

/* The first of n free pages in a row, or npages. */
static size_t
page_find(size_t n)
{
	size_t run = 0;

	for (size_t i = lowest; i < npages; i++) {
		if (i % BITS == 0 && used[i / BITS] == UINT32_MAX) {
			run = 0;
			i += BITS - 1;
			continue;
		}
		run = page_used(i) ? 0 : run + 1;
		if (run == n)
			return i + 1 - n;
	}
	return npages;
}

void
page_init(void)
{
	npages = bootinfo.ram_bytes / PAGE_SIZE;

	size_t bytes = (npages + BITS - 1) / BITS * sizeof(*used);
	uint64_t end = bootinfo.free_pa + bytes + PAGE_SIZE - 1;

	used = (uint32_t *)KVA(bootinfo.free_pa);
	memset(used, 0, bytes);
	nfree = npages;
	page_mark(0, (end - RAM_PA) / PAGE_SIZE, true);
}

uint64_t
page_alloc_run(size_t n)
{
	unsigned s = arch_intr_disable();
	size_t first = page_find(n);

	if (n == 0 || first == npages) {
		arch_intr_restore(s);
		return 0;
	}
	page_mark(first, n, true);
	if (first == lowest)
		lowest = first + n;
	arch_intr_restore(s);

	uint64_t pa = RAM_PA + (uint64_t)first * PAGE_SIZE;

	memset((void *)KVA(pa), 0, n * PAGE_SIZE);
	return pa;
}

void
page_free_run(uint64_t pa, size_t n)
{
	size_t first = (pa - RAM_PA) / PAGE_SIZE;
	unsigned s = arch_intr_disable();

	for (size_t i = first; i < first + n; i++)
		if (pa < bootinfo.free_pa || i >= npages || !page_used(i))
			panic("page_free: page 0x%jx is not in use",
			    RAM_PA + (uintmax_t)i * PAGE_SIZE);
	page_mark(first, n, false);
	if (first < lowest)
		lowest = first;
	arch_intr_restore(s);
}

uint64_t
page_alloc(void)
{
	return page_alloc_run(1);
}

void
page_free(uint64_t pa)
{
	page_free_run(pa, 1);
}

size_t
page_free_count(void)
{
	return nfree;
}
