/*
 * Locks that readers share, and semaphores that count.
 */
#include "locks.h"

static const char rwsem_kind[] = "rw_semaphore";

/* -- Semaphores of readers and writers: the first word counts readers, or is
 * -1 with a writer. */

struct linux_rwsem {
	long	count;
};

static void
rwsem_read(struct linux_rwsem *s, const void *caller)
{
	might_sleep(caller, "down_read");
	lock_order(s, rwsem_kind, caller);
	while (s->count < 0)
		(void)tsleep(s, 0);
	s->count++;
	hold(s, rwsem_kind, caller);
}

static void
rwsem_write(struct linux_rwsem *s, const void *caller)
{
	might_sleep(caller, "down_write");
	if (holds(s))
		panic_caller("rw_semaphore %p is held by this thread already",
		    (void *)s);
	lock_order(s, rwsem_kind, caller);
	while (s->count != 0)
		(void)tsleep(s, 0);
	s->count = -1;
	hold(s, rwsem_kind, caller);
}

static void
rwsem_drop(struct linux_rwsem *s, const void *caller)
{
	if (!let_go(s, rwsem_kind, caller))
		return;
	s->count = s->count < 0 ? 0 : s->count - 1;
	wakeup(s);
}

LINUX(void, __init_rwsem, (struct linux_rwsem *s, const char *name, void *key))
{
	s->count = 0;
	lock_order_forget((uintptr_t)s, sizeof(*s));
}

LINUX(void, down_read, (struct linux_rwsem *s))
{
	rwsem_read(s, CALLER);
}

LINUX(int, down_read_interruptible, (struct linux_rwsem *s))
{
	rwsem_read(s, CALLER);
	return 0;
}

LINUX(int, down_read_killable, (struct linux_rwsem *s))
{
	rwsem_read(s, CALLER);
	return 0;
}

LINUX(int, down_read_trylock, (struct linux_rwsem *s))
{
	if (s->count < 0)
		return 0;
	s->count++;
	hold(s, rwsem_kind, CALLER);
	return 1;
}

LINUX(void, up_read, (struct linux_rwsem *s))
{
	rwsem_drop(s, CALLER);
}

LINUX(void, down_write, (struct linux_rwsem *s))
{
	rwsem_write(s, CALLER);
}

LINUX(int, down_write_killable, (struct linux_rwsem *s))
{
	rwsem_write(s, CALLER);
	return 0;
}

LINUX(int, down_write_trylock, (struct linux_rwsem *s))
{
	if (s->count != 0)
		return 0;
	s->count = -1;
	hold(s, rwsem_kind, CALLER);
	return 1;
}

LINUX(void, up_write, (struct linux_rwsem *s))
{
	rwsem_drop(s, CALLER);
}

LINUX(void, downgrade_write, (struct linux_rwsem *s))
{
	s->count = 1;
	wakeup(s);
}

/* -- Spinning locks of readers and writers; objects may unlock them inline. */

static void
rwlock_take(uint32_t *lock, bool writer, const void *caller)
{
	if (*lock & LINUX_WRITER || (writer && *lock != 0))
		panic_caller("rwlock %p is held already", (void *)lock);
	*lock += writer ? LINUX_WRITER : LINUX_READER;
	hold(lock, rwlock_kind, caller);
}

static void
rwlock_drop(uint32_t *lock, bool writer, const void *caller)
{
	if (let_go(lock, rwlock_kind, caller))
		*lock -= writer ? LINUX_WRITER : LINUX_READER;
}

#define RWLOCK(name, writer)					\
	LINUX(void, _raw_##name##_lock, (uint32_t *lock))		\
	{								\
		rwlock_take(lock, writer, CALLER);			\
	}								\
	LINUX(void, _raw_##name##_lock_bh, (uint32_t *lock))		\
	{								\
		rwlock_take(lock, writer, CALLER);			\
	}								\
	LINUX(void, _raw_##name##_lock_irq, (uint32_t *lock))		\
	{								\
		(void)arch_intr_disable();				\
		rwlock_take(lock, writer, CALLER);			\
	}								\
	LINUX(unsigned long, _raw_##name##_lock_irqsave, (uint32_t *lock)) \
	{								\
		unsigned long flags = arch_intr_disable();		\
									\
		rwlock_take(lock, writer, CALLER);			\
		return flags;						\
	}								\
	LINUX(void, _raw_##name##_unlock, (uint32_t *lock))		\
	{								\
		rwlock_drop(lock, writer, CALLER);				\
	}								\
	LINUX(void, _raw_##name##_unlock_bh, (uint32_t *lock))		\
	{								\
		rwlock_drop(lock, writer, CALLER);				\
	}								\
	LINUX(void, _raw_##name##_unlock_irq, (uint32_t *lock))		\
	{								\
		rwlock_drop(lock, writer, CALLER);				\
		arch_intr_enable();					\
	}								\
	LINUX(void, _raw_##name##_unlock_irqrestore,			\
	    (uint32_t *lock, unsigned long flags))			\
	{								\
		rwlock_drop(lock, writer, CALLER);				\
		arch_intr_restore((unsigned)flags);			\
	}

RWLOCK(read, false)
RWLOCK(write, true)

/* -- Counting semaphores: {raw_spinlock_t lock; unsigned count; list}. */

struct semaphore {
	uint32_t		lock;
	unsigned		count;
	struct list_head	wait_list;
};

static int
down(struct semaphore *s, const void *caller)
{
	might_sleep(caller, "down");
	while (s->count == 0)
		(void)tsleep(s, 0);
	s->count--;
	return 0;
}

LINUX(void, down, (struct semaphore *s))
{
	(void)down(s, CALLER);
}

LINUX(int, down_interruptible, (struct semaphore *s))
{
	return down(s, CALLER);
}

LINUX(int, down_killable, (struct semaphore *s))
{
	return down(s, CALLER);
}

LINUX(int, down_trylock, (struct semaphore *s))
{
	if (s->count == 0)
		return 1;
	s->count--;
	return 0;
}

LINUX(void, up, (struct semaphore *s))
{
	s->count++;
	wakeup(s);
}
