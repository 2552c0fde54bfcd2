/*
 * Small numbers: for pointers (IDR), and alone (IDA).
 */
#include "sparse.h"

struct idr {
	struct xarray	map;
	unsigned	base, next;
};

/* The lowest free number from first to last, both counted from the base. */
static int
allocate(struct idr *idr, void *p, unsigned long *id, unsigned long last,
    gfp_t flags, const void *caller)
{
	unsigned long first = *id, at;

	first = first > idr->base ? first - idr->base : 0;
	last = last > idr->base ? last - idr->base : 0;
	at = sparse_free(&idr->map, first, last);
	if (at > last || at < first)
		return -L_ENOSPC;
	if (sparse_add(&idr->map, at, p, flags, caller) == NULL)
		return -ENOMEM;
	*id = at + idr->base;
	return 0;
}

static int
allocate_below(struct idr *idr, void *p, int start, int end, gfp_t flags,
    const void *caller)
{
	unsigned long id = (unsigned long)start;
	int error;

	if (start < 0)
		return -EINVAL;
	if (end > 0 && end <= start)
		return -L_ENOSPC;
	error = allocate(idr, p, &id, end > 0 ? (unsigned long)end - 1 :
	    INT32_MAX, flags, caller);
	return error != 0 ? error : (int)id;
}

LINUX_GPL(int, idr_alloc,
    (struct idr *idr, void *p, int start, int end, gfp_t flags))
{
	return allocate_below(idr, p, start, end, flags, CALLER);
}

LINUX(int, idr_alloc_cyclic,
    (struct idr *idr, void *p, int start, int end, gfp_t flags))
{
	int from = (int)idr->next > start ? (int)idr->next : start;
	int id = allocate_below(idr, p, from, end, flags, CALLER);

	if (id == -L_ENOSPC && from > start)
		id = allocate_below(idr, p, start, end, flags, CALLER);
	if (id >= 0)
		idr->next = (unsigned)id + 1;
	return id;
}

LINUX_GPL(int, idr_alloc_u32, (struct idr *idr, void *p, uint32_t *next,
    unsigned long last, gfp_t flags))
{
	unsigned long id = *next;
	int error = allocate(idr, p, &id, last, flags, CALLER);

	if (error == 0)
		*next = (uint32_t)id;
	return error;
}

LINUX_GPL(void *, idr_remove, (struct idr *idr, unsigned long id))
{
	struct sparse_entry *e = sparse_at(&idr->map, id - idr->base);
	void *p = e != NULL ? e->value : NULL;

	if (e != NULL)
		sparse_remove(&idr->map, e);
	return p;
}

LINUX_GPL(void *, idr_find, (const struct idr *idr, unsigned long id))
{
	const struct sparse_entry *e = sparse_at(&idr->map, id - idr->base);

	return e != NULL ? e->value : NULL;
}

LINUX(void *, idr_replace, (struct idr *idr, void *p, unsigned long id))
{
	struct sparse_entry *e = sparse_at(&idr->map, id - idr->base);
	void *old;

	if (e == NULL)
		return err_ptr(-ENOENT);
	old = e->value;
	e->value = p;
	return old;
}

LINUX(void, idr_destroy, (struct idr *idr))
{
	sparse_clear(&idr->map);
}

/* From a number on; numbers without a pointer are passed over. */
static struct sparse_entry *
next(struct idr *idr, unsigned long id)
{
	unsigned long at = id > idr->base ? id - idr->base : 0;
	struct sparse_entry *e;

	while ((e = sparse_from(&idr->map, at)) != NULL && e->value == NULL)
		at = e->index + 1;
	return e;
}

LINUX(void *, idr_get_next, (struct idr *idr, int *id))
{
	struct sparse_entry *e = next(idr, (unsigned long)*id);

	if (e == NULL)
		return NULL;
	*id = (int)(e->index + idr->base);
	return e->value;
}

LINUX(void *, idr_get_next_ul, (struct idr *idr, unsigned long *id))
{
	struct sparse_entry *e = next(idr, *id);

	if (e == NULL)
		return NULL;
	*id = e->index + idr->base;
	return e->value;
}

/* Until the function answers something else than 0; it may remove its own. */
LINUX(int, idr_for_each, (struct idr *idr,
    int (LINUX_REGPARM *fn)(int id, void *p, void *data), void *data))
{
	struct sparse_entry *e = next(idr, 0);

	while (e != NULL) {
		unsigned long id = e->index + idr->base;
		int answer = fn((int)id, e->value, data);

		if (answer != 0)
			return answer;
		e = next(idr, id + 1);
	}
	return 0;
}

/* Linux gets memory ready here, and forbids preemption until
 * idr_preload_end() of the module allows it again. */
LINUX(void, idr_preload, (gfp_t flags))
{
	if (flags & GFP_DIRECT_RECLAIM)
		might_sleep(CALLER, "idr_preload");
	arch_linux_preempt_disable();
}

LINUX(int, radix_tree_preload, (gfp_t flags))
{
	if (flags & GFP_DIRECT_RECLAIM)
		might_sleep(CALLER, "radix_tree_preload");
	arch_linux_preempt_disable();
	return 0;
}

/* Numbers alone: their presence is all. */
LINUX(int, ida_alloc_range,
    (struct xarray *ida, unsigned first, unsigned last, gfp_t flags))
{
	unsigned long id;

	if ((int)first < 0)
		return -L_ENOSPC;
	if ((int)last < 0)
		last = INT32_MAX;
	id = sparse_free(ida, first, last);
	if (id > last || id < first)
		return -L_ENOSPC;
	if (sparse_add(ida, id, ida, flags, CALLER) == NULL)
		return -ENOMEM;
	return (int)id;
}

LINUX(void, ida_free, (struct xarray *ida, unsigned id))
{
	struct sparse_entry *e = sparse_at(ida, id);

	if (e == NULL)
		linux_warn(CALLER, "ida_free called for id=%u which is not "
		    "allocated", id);
	else
		sparse_remove(ida, e);
}

LINUX(void, ida_destroy, (struct xarray *ida))
{
	sparse_clear(ida);
}
