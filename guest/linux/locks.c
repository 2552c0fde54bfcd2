/*
 * Locks.  There is one CPU, and module code is never preempted by other module
 * code (as with PREEMPT_VOLUNTARY), so spinning for a lock that is held can
 * only mean that the same thread has it, or that its holder sleeps with it.
 * What a thread holds is written down: whoever forgets to let go is told, and
 * a fault lets go for him.
 */
#include "locks.h"
#include "work.h"

static const char mutex_kind[] = "mutex", spin_kind[] = "spinlock";
const char rwlock_kind[] = "rwlock";

void
hold(const void *lock, const char *kind, const void *caller)
{
	struct held *h = kernel_alloc(sizeof(*h));

	if (h == NULL)
		return;
	h->lock = lock;
	h->kind = kind;
	h->caller = (uintptr_t)caller;
	h->next = curthread->td_held;
	curthread->td_held = h;
}

/* Objects may unlock inline, where nobody sees it. */
static bool
is_over(const struct held *h)
{
	return h->kind == spin_kind ? !arch_spin_held(h->lock) :
	    h->kind == rwlock_kind && *(const uint32_t *)h->lock == 0;
}

static void
forget_over(struct thread *t, const struct held *down_to)
{
	struct held **at = &t->td_held, *h;

	while ((h = *at) != down_to && h != NULL) {
		if (!is_over(h)) {
			at = &h->next;
			continue;
		}
		*at = h->next;
		kmem_free(h);
	}
}

bool
holds(const void *lock)
{
	const struct held *h;

	forget_over(curthread, NULL);
	h = curthread->td_held;

	while (h != NULL && h->lock != lock)
		h = h->next;
	return h != NULL;
}

bool
let_go(const void *lock, const char *kind, const void *caller)
{
	struct held **at = &curthread->td_held, *h;

	while (*at != NULL && (*at)->lock != lock)
		at = &(*at)->next;
	h = *at;
	if (h == NULL) {
		linux_warn(caller, "bad unlock balance: %s %p is not held "
		    "by this thread", kind, lock);
		return false;
	}
	*at = h->next;
	kmem_free(h);
	return true;
}

void
locks_release(struct thread *t, const struct held *down_to, bool tell)
{
	struct held *h;

	/* After a fault the locks' memory may be anything. */
	if (tell)
		forget_over(t, down_to);
	while ((h = t->td_held) != NULL && h != down_to) {
		if (tell)
			linux_warn((const void *)h->caller, "%s %p is still "
			    "held when the call returns; it was taken",
			    h->kind, h->lock);
		/* By then its memory may be gone; a fault leaves it locked. */
		t->td_held = h->next;
		kmem_free(h);
	}
}

/* Whoever would let go of such a lock would write to what is not his. */
void
locks_freed(uintptr_t start, size_t bytes, const void *caller)
{
	lock_order_forget(start, bytes);
	for (struct thread *t = allthreads; t != NULL; t = t->td_all)
		for (struct held **at = &t->td_held, *h; (h = *at) != NULL;) {
			if ((uintptr_t)h->lock - start >= bytes) {
				at = &h->next;
				continue;
			}
			*at = h->next;
			linux_warn(caller != NULL ? caller :
			    (const void *)h->caller, "%s %p is held while its "
			    "memory is freed", h->kind, h->lock);
			kmem_free(h);
		}
}

static bool
interrupts_enabled(void)
{
	unsigned was = arch_intr_disable();

	arch_intr_restore(was);
	return was != 0;
}

void
might_sleep(const void *caller, const char *function)
{
	const struct held *h;

	forget_over(curthread, NULL);
	h = curthread->td_held;
	while (h != NULL && h->kind != spin_kind && h->kind != rwlock_kind)
		h = h->next;
	if (h != NULL)
		linux_warn(caller, "sleeping function called from invalid "
		    "context: %s, with %s %p held", function, h->kind, h->lock);
	else if (curthread->td_atomic)
		linux_warn(caller, "sleeping function called from invalid "
		    "context: %s, in a timer or tasklet", function);
	else if (!interrupts_enabled())
		linux_warn(caller, "sleeping function called from invalid "
		    "context: %s, with interrupts disabled", function);
}

/* -- Mutexes: the first word is the owner, and 0 when there is none. */

struct linux_mutex {
	uintptr_t	owner;
};

static bool
mutex_take(struct linux_mutex *m, const void *caller)
{
	if (m->owner != 0)
		return false;
	m->owner = (uintptr_t)curthread;
	hold(m, mutex_kind, caller);
	return true;
}

static void
mutex_wait(struct linux_mutex *m, const void *caller)
{
	might_sleep(caller, "mutex_lock");
	if (holds(m))
		panic_caller("mutex %p is locked by this thread already",
		    (void *)m);
	lock_order(m, mutex_kind, caller);
	while (!mutex_take(m, caller))
		(void)tsleep(m, 0);
}

LINUX(void, __mutex_init, (struct linux_mutex *m, const char *name, void *key))
{
	m->owner = 0;
	lock_order_forget((uintptr_t)m, sizeof(*m));
}

LINUX(void, mutex_lock, (struct linux_mutex *m))
{
	mutex_wait(m, CALLER);
}

LINUX(int, mutex_lock_interruptible, (struct linux_mutex *m))
{
	mutex_wait(m, CALLER);
	return 0;
}

LINUX(int, mutex_lock_killable, (struct linux_mutex *m))
{
	mutex_wait(m, CALLER);
	return 0;
}

LINUX(int, mutex_trylock, (struct linux_mutex *m))
{
	return mutex_take(m, CALLER);
}

LINUX(void, mutex_unlock, (struct linux_mutex *m))
{
	if (!let_go(m, mutex_kind, CALLER))
		return;
	m->owner = 0;
	wakeup(m);
}

LINUX(bool, mutex_is_locked, (struct linux_mutex *m))
{
	return m->owner != 0;
}

LINUX(int, atomic_dec_and_mutex_lock, (int *count, struct linux_mutex *m))
{
	if (*count > 1) {
		--*count;
		return 0;
	}
	mutex_wait(m, CALLER);
	if (--*count == 0)
		return 1;
	(void)let_go(m, mutex_kind, CALLER);
	m->owner = 0;
	wakeup(m);
	return 0;
}

/* -- Spin locks. */

static void
spin_take(void *lock, const void *caller)
{
	if (!arch_spin_trylock(lock))
		panic_caller("spinlock %p is held already%s", lock,
		    holds(lock) ? " by this thread" : "");
	lock_order(lock, spin_kind, caller);
	hold(lock, spin_kind, caller);
}

static void
spin_drop(void *lock, const void *caller)
{
	if (let_go(lock, spin_kind, caller))
		arch_spin_unlock(lock);
}

LINUX(void, _raw_spin_lock, (void *lock))
{
	spin_take(lock, CALLER);
}

LINUX(void, _raw_spin_lock_bh, (void *lock))
{
	spin_take(lock, CALLER);
}

LINUX(void, _raw_spin_lock_irq, (void *lock))
{
	(void)arch_intr_disable();
	spin_take(lock, CALLER);
}

LINUX(unsigned long, _raw_spin_lock_irqsave, (void *lock))
{
	unsigned long flags = arch_intr_disable();

	spin_take(lock, CALLER);
	return flags;
}

LINUX(int, _raw_spin_trylock, (void *lock))
{
	if (!arch_spin_trylock(lock))
		return 0;
	hold(lock, spin_kind, CALLER);
	return 1;
}

LINUX(int, _raw_spin_trylock_bh, (void *lock))
{
	if (!arch_spin_trylock(lock))
		return 0;
	hold(lock, spin_kind, CALLER);
	return 1;
}

LINUX(void, _raw_spin_unlock, (void *lock))
{
	spin_drop(lock, CALLER);
}

LINUX(void, _raw_spin_unlock_bh, (void *lock))
{
	spin_drop(lock, CALLER);
}

LINUX(void, _raw_spin_unlock_irq, (void *lock))
{
	spin_drop(lock, CALLER);
	arch_intr_enable();
}

LINUX(void, _raw_spin_unlock_irqrestore, (void *lock, unsigned long flags))
{
	spin_drop(lock, CALLER);
	arch_intr_restore((unsigned)flags);
}

/* Objects that take locks inline call this when one is held. */
LINUX(void, queued_spin_lock_slowpath, (void *lock, uint32_t value))
{
	panic_caller("spinlock %p is held already", lock);
}
