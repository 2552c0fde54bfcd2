/*
 * XArrays and radix trees: pointers by number.  What modules do to nodes
 * inline (xas_*, radix_tree_for_each_slot) is not here.
 */
#include "sparse.h"

/* What xa_find looks for: any entry, or those with a mark. */
#define ANY_ENTRY	8U

static void *
load(const struct xarray *x, unsigned long index)
{
	const struct sparse_entry *e = sparse_at(x, index);

	return e != NULL ? e->value : NULL;
}

/* Answers what was there; NULL as the new entry removes it. */
static void *
exchange(struct xarray *x, unsigned long index, void *new, gfp_t flags,
    const void *caller)
{
	struct sparse_entry *e = sparse_at(x, index);
	void *old = e != NULL ? e->value : NULL;

	if (e != NULL && new == NULL)
		sparse_remove(x, e);
	else if (e != NULL)
		e->value = new;
	else if (new != NULL && sparse_add(x, index, new, flags, caller) == NULL)
		/* An error inside the array: xa_err() finds it. */
		return (void *)((uintptr_t)-ENOMEM << 2 | 2);
	return old;
}

LINUX(void *, xa_load, (struct xarray *x, unsigned long index))
{
	return load(x, index);
}

LINUX(void *, xa_store,
    (struct xarray *x, unsigned long index, void *entry, gfp_t flags))
{
	return exchange(x, index, entry, flags, CALLER);
}

LINUX(void *, __xa_store,
    (struct xarray *x, unsigned long index, void *entry, gfp_t flags))
{
	return exchange(x, index, entry, flags, CALLER);
}

LINUX(void *, xa_erase, (struct xarray *x, unsigned long index))
{
	return exchange(x, index, NULL, 0, CALLER);
}

LINUX(void *, __xa_erase, (struct xarray *x, unsigned long index))
{
	return exchange(x, index, NULL, 0, CALLER);
}

LINUX(int, __xa_insert,
    (struct xarray *x, unsigned long index, void *entry, gfp_t flags))
{
	if (sparse_at(x, index) != NULL)
		return -EBUSY;
	return sparse_add(x, index, entry, flags, CALLER) != NULL ? 0 :
	    -ENOMEM;
}

LINUX(void *, __xa_cmpxchg, (struct xarray *x, unsigned long index, void *old,
    void *entry, gfp_t flags))
{
	void *found = load(x, index);

	return found != old ? found :
	    exchange(x, index, entry, flags, CALLER);
}

struct xa_limit {
	uint32_t	max, min;
};

static int
allocate(struct xarray *x, uint32_t *id, void *entry, uint32_t first,
    uint32_t last, gfp_t flags, const void *caller)
{
	unsigned long index = sparse_free(x, first, last);

	if (index > last || index < first)
		return -EBUSY;
	if (sparse_add(x, index, entry, flags, caller) == NULL)
		return -ENOMEM;
	*id = (uint32_t)index;
	return 0;
}

LINUX(int, __xa_alloc, (struct xarray *x, uint32_t *id, void *entry,
    struct xa_limit limit, gfp_t flags))
{
	return allocate(x, id, entry, limit.min, limit.max, flags, CALLER);
}

/* 1: it began again at the lowest. */
LINUX(int, __xa_alloc_cyclic, (struct xarray *x, uint32_t *id, void *entry,
    struct xa_limit limit, uint32_t *next, gfp_t flags))
{
	uint32_t from = *next > limit.min ? *next : limit.min;
	int error = allocate(x, id, entry, from, limit.max, flags, CALLER);
	bool again = error == -EBUSY && from > limit.min;

	if (again)
		error = allocate(x, id, entry, limit.min, limit.max, flags,
		    CALLER);
	if (error == 0)
		*next = *id + 1;
	return error != 0 ? error : again;
}

static void *
find(const struct xarray *x, unsigned long *index, unsigned long first,
    unsigned long last, unsigned filter)
{
	const struct sparse_entry *e = sparse_from(x, first);
	const struct sparse_entry *end = e != NULL ?
	    &x->head->entry[x->head->count] : NULL;

	for (; e != end && e->index <= last; e++)
		if (e->value != NULL && (filter == ANY_ENTRY ||
		    e->marks & 1U << filter)) {
			*index = e->index;
			return e->value;
		}
	return NULL;
}

LINUX(void *, xa_find, (struct xarray *x, unsigned long *index,
    unsigned long last, unsigned filter))
{
	return find(x, index, *index, last, filter);
}

LINUX(void *, xa_find_after, (struct xarray *x, unsigned long *index,
    unsigned long last, unsigned filter))
{
	return *index == ~0UL ? NULL :
	    find(x, index, *index + 1, last, filter);
}

LINUX(void, xa_destroy, (struct xarray *x))
{
	sparse_clear(x);
}

static bool
get_mark(const struct xarray *x, unsigned long index, unsigned mark)
{
	const struct sparse_entry *e = sparse_at(x, index);

	return e != NULL && e->marks & 1U << mark;
}

/* Answers what is there. */
static void *
set_mark(struct xarray *x, unsigned long index, unsigned mark, bool value)
{
	struct sparse_entry *e = sparse_at(x, index);

	if (e == NULL || e->value == NULL)
		return NULL;
	sparse_mark(x, e, mark, value);
	return e->value;
}

LINUX(bool, xa_get_mark, (struct xarray *x, unsigned long index, unsigned mark))
{
	return get_mark(x, index, mark);
}

LINUX(void, xa_set_mark, (struct xarray *x, unsigned long index, unsigned mark))
{
	(void)set_mark(x, index, mark, true);
}

LINUX(void, __xa_set_mark,
    (struct xarray *x, unsigned long index, unsigned mark))
{
	(void)set_mark(x, index, mark, true);
}

LINUX(void, xa_clear_mark,
    (struct xarray *x, unsigned long index, unsigned mark))
{
	(void)set_mark(x, index, mark, false);
}

LINUX(void, __xa_clear_mark,
    (struct xarray *x, unsigned long index, unsigned mark))
{
	(void)set_mark(x, index, mark, false);
}

/* -- Radix trees, the older face of the same. */

LINUX(int, radix_tree_insert,
    (struct xarray *x, unsigned long index, void *item))
{
	if (sparse_at(x, index) != NULL)
		return -EEXIST;
	return sparse_add(x, index, item, x->flags & (HAS_MARK(0) - 1),
	    CALLER) != NULL ? 0 : -ENOMEM;
}

LINUX(void *, radix_tree_lookup,
    (const struct xarray *x, unsigned long index))
{
	return load(x, index);
}

LINUX(void *, radix_tree_delete, (struct xarray *x, unsigned long index))
{
	return exchange(x, index, NULL, 0, CALLER);
}

LINUX(int, radix_tree_tagged, (const struct xarray *x, unsigned tag))
{
	return (x->flags & HAS_MARK(tag)) != 0;
}

LINUX(void *, radix_tree_tag_set,
    (struct xarray *x, unsigned long index, unsigned tag))
{
	return set_mark(x, index, tag, true);
}

LINUX(void *, radix_tree_tag_clear,
    (struct xarray *x, unsigned long index, unsigned tag))
{
	return set_mark(x, index, tag, false);
}

LINUX(int, radix_tree_tag_get,
    (const struct xarray *x, unsigned long index, unsigned tag))
{
	return get_mark(x, index, tag);
}

static unsigned
gang(const struct xarray *x, void **results, unsigned long first,
    unsigned most, unsigned filter)
{
	unsigned found = 0;
	unsigned long index = first;

	while (found < most) {
		void *item = find(x, &index, index, ~0UL, filter);

		if (item == NULL)
			break;
		results[found++] = item;
		if (++index == 0)
			break;
	}
	return found;
}

LINUX(unsigned, radix_tree_gang_lookup, (const struct xarray *x,
    void **results, unsigned long first, unsigned most))
{
	return gang(x, results, first, most, ANY_ENTRY);
}

LINUX(unsigned, radix_tree_gang_lookup_tag, (const struct xarray *x,
    void **results, unsigned long first, unsigned most, unsigned tag))
{
	return gang(x, results, first, most, tag);
}
