/*
 * The order of locks, with checks: two locks that are taken one with the other
 * held, now this way and now that, will one day wait for each other.  Remembered
 * are the last pairs, of locks, not of their classes, so that nobody is accused
 * who could not wait.
 */
#include "locks.h"

#define PAIRS	128

static struct {
	const void	*held, *taken;
} pairs[PAIRS];
static unsigned turn;

static bool
known(const void *held, const void *taken)
{
	for (unsigned i = 0; i < PAIRS; i++)
		if (pairs[i].held == held && pairs[i].taken == taken)
			return true;
	return false;
}

/* What is on a stack is another lock the next time. */
static bool
is_lasting(const void *lock)
{
	return (uintptr_t)lock - curthread->td_stack >= STACK_BYTES;
}

void
lock_order(const void *lock, const char *kind, const void *caller)
{
	if (!CHECKS || !is_lasting(lock))
		return;
	for (const struct held *h = curthread->td_held; h != NULL;
	    h = h->next) {
		if (h->lock == lock || !is_lasting(h->lock) ||
		    known(h->lock, lock))
			continue;
		pairs[turn % PAIRS].held = h->lock;
		pairs[turn++ % PAIRS].taken = lock;
		if (known(lock, h->lock))
			linux_warn(caller, "possible circular locking: %s %p "
			    "is taken with %s %p held, and was taken before it",
			    kind, lock, h->kind, h->lock);
	}
}

void
lock_order_forget(uintptr_t start, size_t bytes)
{
	for (unsigned i = 0; i < PAIRS; i++)
		if ((uintptr_t)pairs[i].held - start < bytes ||
		    (uintptr_t)pairs[i].taken - start < bytes)
			pairs[i].held = pairs[i].taken = NULL;
}
