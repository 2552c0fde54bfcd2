/*
 * Physical pages: a map with one byte for each page of RAM, 1 when the page is
 * used.  Pages are zeroed when they are handed out, which also is how the
 * emulator learns to drop code it translated from a page's previous life.
 */
#include "defs.h"

static uint8_t *used;
static size_t npages, nfree;
static size_t lowest;			/* every page below it is used */

static void
page_mark(size_t first, size_t n, bool use)
{
	memset(used + first, use, n);
	nfree = use ? nfree - n : nfree + n;
}

void
page_init(void)
{
	npages = bootinfo.ram_bytes / PAGE_SIZE;

	uint64_t end = bootinfo.free_pa + npages + PAGE_SIZE - 1;

	used = (uint8_t *)KVA(bootinfo.free_pa);
	memset(used, 0, npages);
	nfree = npages;
	page_mark(0, (end - RAM_PA) / PAGE_SIZE, true);
}

/* The first of n free pages in a row, or npages. */
static size_t
page_find(size_t n)
{
	size_t run = 0;

	while (lowest < npages && used[lowest])
		lowest++;
	for (size_t i = lowest; i < npages; i++) {
		run = used[i] ? 0 : run + 1;
		if (run == n)
			return i + 1 - n;
	}
	return npages;
}

uint64_t
page_alloc(size_t n)
{
	unsigned s = arch_intr_disable();
	size_t first = page_find(n);

	if (first < npages)
		page_mark(first, n, true);
	arch_intr_restore(s);
	if (first == npages)
		return 0;

	uint64_t pa = RAM_PA + (uint64_t)first * PAGE_SIZE;

	memset((void *)KVA(pa), 0, n * PAGE_SIZE);
	return pa;
}

void
page_free(uint64_t pa, size_t n)
{
	size_t first = (pa - RAM_PA) / PAGE_SIZE;
	unsigned s = arch_intr_disable();

	page_mark(first, n, false);
	if (first < lowest)
		lowest = first;
	arch_intr_restore(s);
}

size_t
page_free_count(void)
{
	return nfree;
}
