/*
 * What XArrays, radix trees, IDRs and IDAs are made of here: a sorted array of
 * entries.  Modules see the head, which is NULL when there is nothing, and the
 * flags, which say which marks there are.
 */
#ifndef LINUX_SPARSE_H
#define LINUX_SPARSE_H

#include "linux.h"

#define MARKS		3
/* In the flags: some entry has the mark. */
#define HAS_MARK(mark)	(1U << (27 + (mark)))
#define L_ENOSPC	28

struct sparse_entry {
	unsigned long	index;
	void		*value;
	unsigned	marks;
};

struct sparse {
	size_t		count, room;
	struct sparse_entry entry[];
};

struct xarray {
	uint32_t	lock;
	gfp_t		flags;
	struct sparse	*head;
};

/* The first entry from the index on, or NULL. */
struct sparse_entry *sparse_from(const struct xarray *, unsigned long index);
/* The entry at the index, or NULL. */
struct sparse_entry *sparse_at(const struct xarray *, unsigned long index);
/* A new one, which must not be there; NULL: no memory. */
struct sparse_entry *sparse_add(struct xarray *, unsigned long index, void *,
	    gfp_t, const void *caller);
void	sparse_remove(struct xarray *, struct sparse_entry *);
void	sparse_clear(struct xarray *);
/* The lowest index that is free; above last: there is none. */
unsigned long sparse_free(const struct xarray *, unsigned long first,
	    unsigned long last);
void	sparse_mark(struct xarray *, struct sparse_entry *, unsigned mark,
	    bool value);

#endif /* LINUX_SPARSE_H */
