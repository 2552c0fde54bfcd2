/*
 * Sorting and searching arrays and lists, by comparisons that are functions of
 * the module's.
 */
#include "linux.h"

typedef int (LINUX_REGPARM *compare_fn)(const void *, const void *);
typedef int (LINUX_REGPARM *compare_r_fn)(const void *, const void *,
    const void *);
typedef void (LINUX_REGPARM *swap_fn)(void *, void *, int);
typedef void (LINUX_REGPARM *swap_r_fn)(void *, void *, int, const void *);

struct order {
	compare_fn	compare;
	compare_r_fn	compare_r;	/* with the private argument, or NULL */
	swap_fn		swap;
	swap_r_fn	swap_r;
	const void	*private;
	size_t		size;
};

static int
compare(const struct order *o, const char *a, const char *b)
{
	return o->compare_r != NULL ? o->compare_r(a, b, o->private) :
	    o->compare(a, b);
}

static void
swap(const struct order *o, char *a, char *b)
{
	if (o->swap_r != NULL) {
		o->swap_r(a, b, (int)o->size, o->private);
	} else if (o->swap != NULL) {
		o->swap(a, b, (int)o->size);
	} else {
		for (size_t i = 0; i < o->size; i++) {
			char c = a[i];

			a[i] = b[i];
			b[i] = c;
		}
	}
}

/* Lets the element at `at` sink to its place in the heap of n. */
static void
sink(const struct order *o, char *base, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		char *c = base + child * o->size;

		if (child + 1 < n && compare(o, c, c + o->size) < 0)
			child++, c += o->size;
		if (compare(o, base + at * o->size, c) >= 0)
			return;
		swap(o, base + at * o->size, c);
	}
}

static void
heap_sort(const struct order *o, char *base, size_t n)
{
	for (size_t at = n / 2; at-- > 0;)
		sink(o, base, at, n);
	while (n-- > 1) {
		swap(o, base, base + n * o->size);
		sink(o, base, 0, n);
	}
}

LINUX(void, sort,
    (void *base, size_t n, size_t size, compare_fn compare, swap_fn swap))
{
	heap_sort(&(struct order){ .compare = compare, .swap = swap,
	    .size = size }, base, n);
}

/* Linux takes a wrapper's mark for the plain swap functions here. */
LINUX(void, sort_r, (void *base, size_t n, size_t size, compare_r_fn compare,
    swap_r_fn swap, const void *private))
{
	heap_sort(&(struct order){ .compare_r = compare, .swap_r = swap,
	    .private = private, .size = size }, base, n);
}

LINUX(void *, bsearch, (const void *key, const void *base, size_t n,
    size_t size, compare_fn compare))
{
	const char *low = base;

	while (n > 0) {
		const char *middle = low + n / 2 * size;
		int order = compare(key, middle);

		if (order == 0)
			return (void *)(uintptr_t)middle;
		if (order > 0) {
			low = middle + size;
			n--;
		}
		n /= 2;
	}
	return NULL;
}

typedef int (LINUX_REGPARM *compare_list_fn)(void *,
    const struct list_head *, const struct list_head *);

/* Two sorted chains, ended by NULL, into one; equals keep their order. */
static struct list_head *
merge(void *private, compare_list_fn compare, struct list_head *a,
    struct list_head *b)
{
	struct list_head *first = NULL, **end = &first;

	while (a != NULL && b != NULL) {
		struct list_head **from =
		    compare(private, a, b) <= 0 ? &a : &b;

		*end = *from;
		end = &(*from)->next;
		*from = *end;
	}
	*end = a != NULL ? a : b;
	return first;
}

LINUX(void, list_sort,
    (void *private, struct list_head *head, compare_list_fn compare))
{
	/* part[i] is a sorted chain of 2^i elements, or NULL. */
	struct list_head *part[32] = { NULL }, *l = head->next, *all = NULL;

	while (l != head) {
		struct list_head *chain = l;
		unsigned i = 0;

		l = l->next;
		chain->next = NULL;
		for (; part[i] != NULL; i++) {
			chain = merge(private, compare, part[i], chain);
			part[i] = NULL;
		}
		part[i] = chain;
	}
	for (unsigned i = 0; i < __arraycount(part); i++)
		if (part[i] != NULL)
			all = all == NULL ? part[i] :
			    merge(private, compare, part[i], all);
	list_init(head);
	while (all != NULL) {
		struct list_head *next = all->next;

		list_add_tail(all, head);
		all = next;
	}
}
