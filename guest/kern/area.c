/*
 * The module area: ranges of virtual addresses for module segments and
 * thread stacks, each mapped to pages of its own, with an unmapped page on
 * either side.  The place taken is the one nearest to the kernel, so that
 * ordinary branches between a module and the kernel reach.
 */
#include "defs.h"

struct range {
	uintptr_t	start, end;
	struct range	*next;		/* by address */
};

static struct range *ranges;

/* Where bytes fit between low and high, nearest to the kernel; or 0. */
static uintptr_t
area_fit(uintptr_t low, uintptr_t high, size_t bytes, size_t align)
{
	uintptr_t last = high - PAGE_SIZE - bytes, start;

	if (high - low < PAGE_SIZE + bytes + PAGE_SIZE)
		return 0;
	if (MODULES_START < KERNBASE)
		start = last & ~(align - 1);
	else
		start = (low + PAGE_SIZE + align - 1) & ~(align - 1);
	return start > low && start <= last ? start : 0;
}

/* Links the range in where there is room; false when there is none. */
static bool
area_place(struct range *new, size_t bytes, size_t align)
{
	struct range **best = NULL;
	uintptr_t low = MODULES_START - PAGE_SIZE;

	for (struct range **at = &ranges;; at = &(*at)->next) {
		uintptr_t high = *at != NULL ? (*at)->start : MODULES_END;
		uintptr_t start = area_fit(low, high, bytes, align);

		/* The first that fits, or the last, is nearest. */
		if (start != 0 && (best == NULL || MODULES_START < KERNBASE)) {
			new->start = start;
			new->end = start + bytes;
			best = at;
		}
		if (*at == NULL)
			break;
		low = (*at)->end;
	}
	if (best == NULL)
		return false;
	new->next = *best;
	*best = new;
	return true;
}

/* Maps the range to pages; with no permission at all it needs none. */
static bool
area_fill(const struct range *range, unsigned prot)
{
	if (prot == 0)
		return true;
	for (uintptr_t va = range->start; va < range->end; va += PAGE_SIZE) {
		uint64_t pa = page_alloc(1);

		if (pa == 0)
			return false;
		if (pmap_map(va, pa, prot) != 0) {
			page_free(pa, 1);
			return false;
		}
	}
	return true;
}

uintptr_t
area_alloc(uint64_t size, uint64_t align, unsigned prot)
{
	struct range *range;
	size_t bytes = (size_t)(size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);

	if (size == 0 || size > MODULES_END - MODULES_START ||
	    align > MODULES_END - MODULES_START)
		return 0;
	if (align < PAGE_SIZE)
		align = PAGE_SIZE;
	range = kernel_alloc(sizeof(*range));
	if (range == NULL)
		return 0;

	unsigned s = arch_intr_disable();
	uintptr_t start = 0;

	if (!area_place(range, bytes, (size_t)align) && !(gone_make_room() &&
	    area_place(range, bytes, (size_t)align)))
		kmem_free(range);
	else if (area_fill(range, prot)) {
		start = range->start;
		gone_forget(start - PAGE_SIZE, range->end + PAGE_SIZE);
	}
	else
		area_free(range->start);
	arch_intr_restore(s);
	return start;
}

uintptr_t
area_reserve(uint64_t bytes)
{
	return area_alloc(bytes, PAGE_SIZE, 0);
}

void
area_protect(uintptr_t va, size_t bytes, unsigned prot)
{
	for (uintptr_t end = va + bytes; va < end; va += PAGE_SIZE)
		(void)pmap_map(va, pmap_extract(va), prot);
}

static struct range **
find(uintptr_t start)
{
	struct range **at = &ranges;

	while ((*at)->start != start)
		at = &(*at)->next;
	return at;
}

void
area_empty(uintptr_t start)
{
	unsigned s = arch_intr_disable();
	const struct range *range = *find(start);

	for (uintptr_t va = range->start; va < range->end; va += PAGE_SIZE) {
		uint64_t pa = pmap_unmap(va);

		/* A reserved page has none; nor has every one when area_alloc
		 * gave up. */
		if (pa != 0)
			page_free(pa, 1);
	}
	arch_intr_restore(s);
}

void
area_free(uintptr_t start)
{
	unsigned s = arch_intr_disable();
	struct range **at = find(start), *range = *at;

	area_empty(start);
	*at = range->next;
	kmem_free(range);
	arch_intr_restore(s);
}
