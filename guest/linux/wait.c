/*
 * Waiting: wait queues, completions and schedule().  Who sleeps in schedule()
 * wakes whenever anybody is woken, and looks again at what he waits for, which
 * Linux requires of him anyway.
 */
#include "linux.h"
#include "work.h"

static const char schedule_channel;

void
linux_wake(void)
{
	wakeup(&schedule_channel);
}

/* Until somebody wakes anybody, or that many jiffies are over; what is left. */
static long
doze(long jiffies, const void *caller)
{
	bool forever = jiffies == LONG_MAX_LINUX;
	unsigned long until = linux_jiffies + (unsigned long)jiffies;

	might_sleep(caller, "schedule");
	if (jiffies <= 0)
		thread_yield();
	else
		(void)tsleep(&schedule_channel, forever ? 0 :
		    jiffies_to_time(until));
	linux_tick();
	if (forever)
		return jiffies;
	return (long)(until - linux_jiffies) > 0 ?
	    (long)(until - linux_jiffies) : 0;
}

LINUX(void, schedule, (void))
{
	(void)doze(LONG_MAX_LINUX, CALLER);
}

LINUX(void, io_schedule, (void))
{
	(void)doze(LONG_MAX_LINUX, CALLER);
}

LINUX(long, schedule_timeout, (long jiffies))
{
	return doze(jiffies, CALLER);
}

LINUX(long, io_schedule_timeout, (long jiffies))
{
	return doze(jiffies, CALLER);
}

LINUX(long, schedule_timeout_interruptible, (long jiffies))
{
	return doze(jiffies, CALLER);
}

LINUX(long, schedule_timeout_uninterruptible, (long jiffies))
{
	long left = jiffies;

	while (left > 0)
		left = doze(left, CALLER);
	return 0;
}

LINUX(long, schedule_timeout_killable, (long jiffies))
{
	return doze(jiffies, CALLER);
}

LINUX(int, __cond_resched, (void))
{
	might_sleep(CALLER, "cond_resched");
	thread_yield();
	return 0;
}

LINUX(void, yield, (void))
{
	thread_yield();
}

/* -- Wait queues. */

struct wait_queue_head {
	uint32_t		lock;
	struct list_head	head;
};

struct wait_queue_entry {
	unsigned		flags;
	void			*private;
	int			(LINUX_REGPARM *func)(struct wait_queue_entry *,
				    unsigned mode, int flags, void *key);
	struct list_head	entry;
};

#define WQ_EXCLUSIVE	1

LINUX(int, default_wake_function,
    (struct wait_queue_entry *e, unsigned mode, int flags, void *key))
{
	linux_wake();
	return 1;
}

LINUX(int, autoremove_wake_function,
    (struct wait_queue_entry *e, unsigned mode, int flags, void *key))
{
	list_del(&e->entry);
	linux_wake();
	return 1;
}

LINUX(int, woken_wake_function,
    (struct wait_queue_entry *e, unsigned mode, int flags, void *key))
{
	e->flags |= 2;			/* WQ_FLAG_WOKEN */
	linux_wake();
	return 1;
}

LINUX(long, wait_woken,
    (struct wait_queue_entry *e, unsigned mode, long jiffies))
{
	if (!(e->flags & 2))
		jiffies = doze(jiffies, CALLER);
	e->flags &= ~2U;
	return jiffies;
}

LINUX(void, __init_waitqueue_head,
    (struct wait_queue_head *q, const char *name, void *key))
{
	q->lock = 0;
	list_init(&q->head);
}

LINUX(void, init_wait_entry, (struct wait_queue_entry *e, int flags))
{
	e->flags = (unsigned)flags;
	e->private = curthread;
	e->func = linux_autoremove_wake_function;
	list_init(&e->entry);
}

static void
enqueue(struct wait_queue_head *q, struct wait_queue_entry *e, bool exclusive)
{
	unsigned s = arch_intr_disable();

	e->flags = exclusive ? e->flags | WQ_EXCLUSIVE :
	    e->flags & ~(unsigned)WQ_EXCLUSIVE;
	if (list_empty(&e->entry))
		list_add_tail(&e->entry, exclusive ? &q->head : q->head.next);
	arch_intr_restore(s);
}

LINUX(void, prepare_to_wait,
    (struct wait_queue_head *q, struct wait_queue_entry *e, int state))
{
	enqueue(q, e, false);
}

LINUX(bool, prepare_to_wait_exclusive,
    (struct wait_queue_head *q, struct wait_queue_entry *e, int state))
{
	bool first = list_empty(&q->head);

	enqueue(q, e, true);
	return first;
}

LINUX(long, prepare_to_wait_event,
    (struct wait_queue_head *q, struct wait_queue_entry *e, int state))
{
	enqueue(q, e, (e->flags & WQ_EXCLUSIVE) != 0);
	return 0;
}

LINUX(void, finish_wait,
    (struct wait_queue_head *q, struct wait_queue_entry *e))
{
	unsigned s = arch_intr_disable();

	if (!list_empty(&e->entry))
		list_del(&e->entry);
	arch_intr_restore(s);
}

LINUX(void, add_wait_queue,
    (struct wait_queue_head *q, struct wait_queue_entry *e))
{
	list_init(&e->entry);
	enqueue(q, e, false);
}

LINUX(void, add_wait_queue_exclusive,
    (struct wait_queue_head *q, struct wait_queue_entry *e))
{
	list_init(&e->entry);
	enqueue(q, e, true);
}

LINUX(void, remove_wait_queue,
    (struct wait_queue_head *q, struct wait_queue_entry *e))
{
	unsigned s = arch_intr_disable();

	list_del(&e->entry);
	arch_intr_restore(s);
}

static int
wake_queue(struct wait_queue_head *q, unsigned mode, int exclusives, void *key)
{
	unsigned s = arch_intr_disable();
	int woken = 0;

	for (struct list_head *l = q->head.next, *next; l != &q->head;
	    l = next) {
		struct wait_queue_entry *e =
		    container_of(l, struct wait_queue_entry, entry);
		unsigned flags = e->flags;

		next = l->next;
		if (e->func(e, mode, 0, key) == 0)
			continue;
		woken++;
		if (flags & WQ_EXCLUSIVE && --exclusives == 0)
			break;
	}
	arch_intr_restore(s);
	return woken;
}

LINUX(int, __wake_up,
    (struct wait_queue_head *q, unsigned mode, int exclusives, void *key))
{
	return wake_queue(q, mode, exclusives, key);
}

LINUX_GPL(void, __wake_up_sync,
    (struct wait_queue_head *q, unsigned mode))
{
	(void)wake_queue(q, mode, 1, NULL);
}

LINUX_GPL(void, __wake_up_sync_key,
    (struct wait_queue_head *q, unsigned mode, void *key))
{
	(void)wake_queue(q, mode, 1, key);
}

LINUX_GPL(void, __wake_up_locked,
    (struct wait_queue_head *q, unsigned mode, int exclusives))
{
	(void)wake_queue(q, mode, exclusives, NULL);
}

LINUX_GPL(void, __wake_up_locked_key,
    (struct wait_queue_head *q, unsigned mode, void *key))
{
	(void)wake_queue(q, mode, 1, key);
}

/* -- Completions: {unsigned done; queue}. */

struct completion {
	unsigned	done;
};

#define FOR_ALL	(~0U >> 1)

LINUX(void, __init_swait_queue_head, (void *q, const char *name, void *key))
{
}

LINUX(void, complete, (struct completion *c))
{
	if (c->done != FOR_ALL)
		c->done++;
	wakeup(c);
}

LINUX(void, complete_all, (struct completion *c))
{
	c->done = FOR_ALL;
	wakeup(c);
}

/* In jiffies: what is left, at least 1, or 0 when the time is over. */
static unsigned long
await(struct completion *c, unsigned long jiffies, const void *caller)
{
	unsigned long until = linux_jiffies + jiffies;
	bool forever = jiffies >= LONG_MAX_LINUX;

	might_sleep(caller, "wait_for_completion");
	while (c->done == 0) {
		linux_tick();
		if (!forever && (long)(until - linux_jiffies) <= 0)
			return 0;
		(void)tsleep(c, forever ? 0 : jiffies_to_time(until));
	}
	linux_tick();
	if (c->done != FOR_ALL)
		c->done--;
	if (forever || (long)(until - linux_jiffies) <= 0)
		return 1;
	return until - linux_jiffies;
}

LINUX(void, wait_for_completion, (struct completion *c))
{
	(void)await(c, LONG_MAX_LINUX, CALLER);
}

LINUX(int, wait_for_completion_interruptible, (struct completion *c))
{
	(void)await(c, LONG_MAX_LINUX, CALLER);
	return 0;
}

LINUX(int, wait_for_completion_killable, (struct completion *c))
{
	(void)await(c, LONG_MAX_LINUX, CALLER);
	return 0;
}

LINUX(unsigned long, wait_for_completion_timeout,
    (struct completion *c, unsigned long jiffies))
{
	return await(c, jiffies, CALLER);
}

LINUX(long, wait_for_completion_interruptible_timeout,
    (struct completion *c, unsigned long jiffies))
{
	return (long)await(c, jiffies, CALLER);
}

LINUX(long, wait_for_completion_killable_timeout,
    (struct completion *c, unsigned long jiffies))
{
	return (long)await(c, jiffies, CALLER);
}

LINUX(bool, try_wait_for_completion, (struct completion *c))
{
	if (c->done == 0)
		return false;
	if (c->done != FOR_ALL)
		c->done--;
	return true;
}

LINUX(bool, completion_done, (struct completion *c))
{
	return c->done != 0;
}
