/*
 * Spin locks and locks of readers and writers as kernels with queued ones have
 * them.  One CPU waits for nobody, so the queue is always empty.
 */
#ifndef LINUX_QSPINLOCK_H
#define LINUX_QSPINLOCK_H

/*
 * A spin lock is a word whose low byte is 1 while it is held, since objects
 * unlock it inline.  Answers false when it is held already.
 */
static inline bool
arch_spin_trylock(void *lock)
{
	volatile uint8_t *held = lock;

	if (*held != 0)
		return false;
	*held = 1;
	return true;
}

static inline void
arch_spin_unlock(void *lock)
{
	*(volatile uint8_t *)lock = 0;
}

static inline bool
arch_spin_held(const void *lock)
{
	return *(const volatile uint8_t *)lock != 0;
}

/* A lock of readers and writers: what a reader adds, and what a writer puts. */
#define LINUX_READER	0x200
#define LINUX_WRITER	0xff

#endif /* LINUX_QSPINLOCK_H */
