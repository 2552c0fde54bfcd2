/*
 * Sorted arrays of entries: see sparse.h.
 */
#include "sparse.h"

static size_t
place(const struct sparse *s, unsigned long index)
{
	size_t low = 0, high = s != NULL ? s->count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->entry[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct sparse_entry *
sparse_from(const struct xarray *x, unsigned long index)
{
	size_t i = place(x->head, index);

	return x->head != NULL && i < x->head->count ? &x->head->entry[i] :
	    NULL;
}

struct sparse_entry *
sparse_at(const struct xarray *x, unsigned long index)
{
	struct sparse_entry *e = sparse_from(x, index);

	return e != NULL && e->index == index ? e : NULL;
}

/* Twice the room; the lock is held, so nobody sleeps. */
static bool
grow(struct xarray *x, gfp_t flags, const void *caller)
{
	struct sparse *old = x->head, *new;
	size_t count = old != NULL ? old->count : 0;
	size_t room = count > 0 ? 2 * count : 8;

	if (old != NULL && old->count < old->room)
		return true;
	new = linux_alloc(sizeof(*new) + room * sizeof(new->entry[0]),
	    flags & ~GFP_DIRECT_RECLAIM, caller);
	if (new == NULL)
		return false;
	new->count = count;
	new->room = room;
	if (old != NULL)
		memcpy(new->entry, old->entry, count * sizeof(old->entry[0]));
	x->head = new;
	linux_free(old);
	return true;
}

struct sparse_entry *
sparse_add(struct xarray *x, unsigned long index, void *value, gfp_t flags,
    const void *caller)
{
	struct sparse_entry *e;

	if (!grow(x, flags, caller))
		return NULL;
	e = &x->head->entry[place(x->head, index)];
	memmove(e + 1, e, (size_t)(&x->head->entry[x->head->count] - e) *
	    sizeof(*e));
	x->head->count++;
	*e = (struct sparse_entry){ .index = index, .value = value };
	return e;
}

void
sparse_remove(struct xarray *x, struct sparse_entry *e)
{
	for (unsigned mark = 0; mark < MARKS; mark++)
		if (e->marks & 1U << mark)
			sparse_mark(x, e, mark, false);
	x->head->count--;
	memmove(e, e + 1, (size_t)(&x->head->entry[x->head->count] - e) *
	    sizeof(*e));
	if (x->head->count == 0)
		sparse_clear(x);
}

void
sparse_clear(struct xarray *x)
{
	linux_free(x->head);
	x->head = NULL;
}

unsigned long
sparse_free(const struct xarray *x, unsigned long first, unsigned long last)
{
	const struct sparse_entry *e = sparse_from(x, first);
	const struct sparse_entry *end = e != NULL ?
	    &x->head->entry[x->head->count] : NULL;

	for (; e != end && e->index == first && first <= last; e++)
		first++;
	return first;
}

void
sparse_mark(struct xarray *x, struct sparse_entry *e, unsigned mark,
    bool value)
{
	bool any = value;

	e->marks = value ? e->marks | 1U << mark : e->marks & ~(1U << mark);
	for (size_t i = 0; !any && i < x->head->count; i++)
		any = x->head->entry[i].marks & 1U << mark;
	x->flags = any ? x->flags | HAS_MARK(mark) :
	    x->flags & ~HAS_MARK(mark);
}
