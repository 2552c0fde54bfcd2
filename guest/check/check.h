/*
 * What the files of guest/check share, under the name of the file that defines
 * it.  What the rest of the kernel calls is in kern/defs.h.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "defs.h"

/* What the bytes of a new block are. */
#define BOOT_FILL						\
	(bootinfo.flags >> BOOT_FILL_SHIFT & BOOT_FILL_MASK)

/* trace.c: who did something: a module's calls, the innermost first. */
#define TRACE	6
struct trace {
	uint32_t	thread;			/* id */
	unsigned	n;
	uintptr_t	pc[TRACE];		/* return addresses */
};
void	trace_fill(struct trace *, const void *caller);

/* heap.c: a block, and where it was when it is gone. */
struct guarded {
	uintptr_t	first;			/* page, behind a guard page */
	size_t		pages;
	uintptr_t	start;			/* of the block */
	size_t		bytes;
	uint32_t	owner;			/* module id, 0 kernel */
	bool		gone;
	struct trace	allocated, freed;
};
/* Whose page that is, the guard page in front of a block included; or NULL. */
struct guarded *heap_block(uintptr_t va);

/* report.c: a block that is looked at was written to outside. */
void	heap_tell_damage(const struct guarded *, uintptr_t at,
	    const void *caller);

#endif /* CHECK_CHECK_H */
