/*
 * Who runs: one CPU, a run queue served in turn, sleepers by deadline.  Thread
 * 0 is what kmain() became; it runs when nobody else wants to.
 *
 * There is no clock tick.  The timer is armed for the earliest thing due (the
 * end of a slice if somebody waits for the CPU, a sleeper, the watchdog) and
 * disarmed when there is none: an idle machine is really idle, which is how
 * the host sees that nothing will happen by itself.
 */
#include "defs.h"

#define SLICE_NS	4000000		/* virtual time */

static struct thread thread0 = { .td_state = TD_RUNNING, .td_name = "idle" };
struct thread *curthread = &thread0, *allthreads = &thread0;

static struct thread *ready;		/* next to run first */
static struct thread *sleepers;		/* earliest deadline first */
static uint64_t slice_end;
static uint64_t armed;			/* what the timer is set to, 0 not */

bool
earlier(uint64_t a, uint64_t b)
{
	return a - 1 < b - 1;
}

void
thread_timer(void)
{
	uint64_t due = 0, guard = guard_deadline(curthread);

	if (ready != NULL && curthread != &thread0)
		due = slice_end;
	if (sleepers != NULL && earlier(sleepers->td_deadline, due))
		due = sleepers->td_deadline;
	if (earlier(guard, due))
		due = guard;
	if (due == armed)
		return;
	armed = due;
	if (due != 0)
		timer_arm(due);
	else
		timer_disarm();
}

static void
ready_append(struct thread *t)
{
	struct thread **at = &ready;

	t->td_state = TD_READY;
	t->td_next = NULL;
	while (*at != NULL)
		at = &(*at)->td_next;
	*at = t;
}

static void
sleepers_insert(struct thread *t)
{
	struct thread **at = &sleepers;

	t->td_state = TD_SLEEPING;
	while (*at != NULL && !earlier(t->td_deadline, (*at)->td_deadline))
		at = &(*at)->td_next;
	t->td_next = *at;
	*at = t;
}

static void
list_remove(struct thread **at, const struct thread *t)
{
	for (; *at != NULL; at = &(*at)->td_next)
		if (*at == t) {
			*at = t->td_next;
			return;
		}
}

void
thread_ready(struct thread *t)
{
	ready_append(t);
	thread_timer();
}

void
thread_forget(struct thread *t)
{
	list_remove(&ready, t);
	list_remove(&sleepers, t);
}

void
thread_switch(void)
{
	struct thread *old = curthread, *next = ready;

	if (next != NULL)
		ready = next->td_next;
	else
		next = &thread0;
	next->td_state = TD_RUNNING;
	slice_end = nanouptime() + SLICE_NS;
	if (next != old) {
		curthread = next;
		arch_switch(&old->td_sp, next->td_sp);
	}
	thread_timer();
}

void
thread_idle(void)
{
	(void)arch_intr_disable();
	for (;;) {
		if (ready != NULL)
			thread_switch();
		else
			arch_idle();
	}
}

void
thread_yield(void)
{
	unsigned s = arch_intr_disable();

	if (curthread != &thread0)
		ready_append(curthread);
	thread_switch();
	arch_intr_restore(s);
}

void
thread_preempt(void)
{
	bool over = curthread == &thread0 || nanouptime() >= slice_end;

	if (ready != NULL && over)
		thread_yield();
	else
		thread_timer();
}

void
thread_tick(void)
{
	uint64_t now = nanouptime();

	while (sleepers != NULL && sleepers->td_deadline != 0 &&
	    sleepers->td_deadline <= now) {
		struct thread *t = sleepers;

		sleepers = t->td_next;
		t->td_timedout = true;
		ready_append(t);
	}
	/* The line stays up until the timer is set again: whatever it is. */
	armed = 0;
	timer_disarm();
}

int
tsleep(const void *channel, uint64_t deadline)
{
	unsigned s = arch_intr_disable();
	struct thread *t = curthread;
	uint64_t limit = guard_deadline(t);

	if (t == &thread0)
		panic("the idle thread sleeps");
	t->td_channel = channel;
	t->td_deadline = earlier(limit, deadline) ? limit : deadline;
	t->td_timedout = false;
	sleepers_insert(t);
	thread_switch();
	/* With interrupts disabled by the caller the watchdog could not bite
	 * and a loop around this call would never end. */
	if (limit != 0 && nanouptime() >= limit)
		guard_throw(OOPS_WATCHDOG);
	arch_intr_restore(s);
	return t->td_timedout ? ETIMEDOUT : 0;
}

void
wakeup(const void *channel)
{
	unsigned s = arch_intr_disable();

	for (struct thread **at = &sleepers; *at != NULL;) {
		struct thread *t = *at;

		if (t->td_channel != channel) {
			at = &t->td_next;
			continue;
		}
		*at = t->td_next;
		ready_append(t);
	}
	thread_timer();
	arch_intr_restore(s);
}

void
delay(uint64_t ns)
{
	static const char nobody;
	uint64_t until = nanouptime() + ns;

	while (nanouptime() < until)
		(void)tsleep(&nobody, until);
}
