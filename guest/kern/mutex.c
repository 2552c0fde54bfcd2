/*
 * Mutexes.  A thread's mutexes are linked from it, newest first, so that they
 * can be taken from it when it dies or a fault throws it back to its guard.
 */
#include "defs.h"

void
mutex_init(struct mutex *m)
{
	*m = (struct mutex){ NULL, NULL };
}

void
mutex_enter(struct mutex *m)
{
	unsigned s = arch_intr_disable();

	if (m->mtx_owner == curthread)
		panic_caller("mutex_enter: %p is locked by this thread already",
		    (void *)m);
	while (m->mtx_owner != NULL)
		(void)tsleep(m, 0);
	m->mtx_owner = curthread;
	m->mtx_next = curthread->td_mutexes;
	curthread->td_mutexes = m;
	arch_intr_restore(s);
}

static void
release(struct mutex *m)
{
	struct mutex **at = &m->mtx_owner->td_mutexes;

	while (*at != m)
		at = &(*at)->mtx_next;
	*at = m->mtx_next;
	m->mtx_owner = NULL;
	wakeup(m);
}

void
mutex_exit(struct mutex *m)
{
	unsigned s = arch_intr_disable();

	if (m->mtx_owner != curthread)
		panic_caller("mutex_exit: %p is not locked by this thread",
		    (void *)m);
	release(m);
	arch_intr_restore(s);
}

bool
mutex_owned(const struct mutex *m)
{
	return m->mtx_owner == curthread;
}

void
mutex_release(struct thread *t, const struct mutex *down_to)
{
	while (t->td_mutexes != NULL && t->td_mutexes != down_to)
		release(t->td_mutexes);
}
