/*
 * What a thread holds.
 */
#ifndef LINUX_LOCKS_H
#define LINUX_LOCKS_H

#include "linux.h"

struct held {
	struct held	*next;		/* newest first */
	const void	*lock;
	const char	*kind;
	uintptr_t	caller;
};

extern const char rwlock_kind[];	/* held, it forbids to sleep */

void	hold(const void *lock, const char *kind, const void *caller);
bool	holds(const void *lock);
/* False, and told, when this thread does not hold it. */
bool	let_go(const void *lock, const char *kind, const void *caller);

/* lockorder.c: before a lock is waited for; and when it is another one. */
void	lock_order(const void *lock, const char *kind, const void *caller);
void	lock_order_forget(uintptr_t start, size_t bytes);

#endif /* LINUX_LOCKS_H */
