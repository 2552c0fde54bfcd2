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

static struct thread thread0 = { .td_name = "idle" };
struct thread *curthread = &thread0, *allthreads = &thread0;

static struct thread *ready;		/* next to run first */
static struct thread *sleepers;
static uint64_t slice_end;
static uint64_t armed;			/* what the timer is set to, 0 not */
static const char nobody;		/* a channel */

bool
earlier(uint64_t a, uint64_t b)
{
	return a - 1 < b - 1;
}

/* Whose code waits for jiffies to change, and is preempted by nobody else's. */
static bool
runs_linux(void)
{
	const struct module *m = curthread->td_module;

	return m != NULL && m->mod_manifest->flavour == FLAVOUR_LINUX;
}

void
thread_timer(void)
{
	uint64_t due = 0, guard = guard_deadline(curthread);

	if (runs_linux())
		due = linux_tick_due();
	else if (ready != NULL && curthread != &thread0)
		due = slice_end;
	for (const struct thread *t = sleepers; t != NULL; t = t->td_next)
		if (earlier(t->td_deadline, due))
			due = t->td_deadline;
	if (earlier(guard, due))
		due = guard;
	if (due == armed)
		return;
	armed = due;
	timer_arm(due);
}

static void
list_append(struct thread **at, struct thread *t)
{
	t->td_next = NULL;
	while (*at != NULL)
		at = &(*at)->td_next;
	*at = t;
}

static void
list_remove(struct thread **at, const struct thread *t)
{
	while (*at != NULL && *at != t)
		at = &(*at)->td_next;
	if (*at != NULL)
		*at = t->td_next;
}

void
thread_ready(struct thread *t)
{
	list_append(&ready, t);
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
		list_append(&ready, curthread);
	thread_switch();
	arch_intr_restore(s);
}

void
thread_preempt(void)
{
	if (ready != NULL && !runs_linux() &&
	    (curthread == &thread0 || nanouptime() >= slice_end))
		thread_yield();
	else
		thread_timer();
}

/* Readies the sleepers on the channel, and those due by then. */
static void
wake(const void *channel, uint64_t then)
{
	for (struct thread **at = &sleepers; *at != NULL;) {
		struct thread *t = *at;

		if (t->td_channel == channel ||
		    (t->td_deadline != 0 && t->td_deadline <= then)) {
			*at = t->td_next;
			list_append(&ready, t);
		} else
			at = &t->td_next;
	}
}

void
thread_tick(void)
{
	linux_tick();
	wake(&nobody, nanouptime());
	/* The line stays up until the timer is set again: whatever it is. */
	armed = 0;
	timer_arm(0);
}

int
tsleep(const void *channel, uint64_t deadline)
{
	unsigned s = arch_intr_disable();
	struct thread *t = curthread;
	uint64_t limit = guard_deadline(t);

	t->td_channel = channel;
	t->td_deadline = earlier(limit, deadline) ? limit : deadline;
	list_append(&sleepers, t);
	thread_switch();
	/* With interrupts disabled by the caller the watchdog could not bite
	 * and a loop around this call would never end. */
	if (limit != 0 && nanouptime() >= limit)
		guard_throw(OOPS_WATCHDOG);
	arch_intr_restore(s);
	return deadline != 0 && nanouptime() >= deadline ? ETIMEDOUT : 0;
}

void
wakeup(const void *channel)
{
	unsigned s = arch_intr_disable();

	wake(channel, 0);
	thread_timer();
	arch_intr_restore(s);
}

void
delay(uint64_t ns)
{
	uint64_t until = nanouptime() + ns;

	while (nanouptime() < until)
		(void)tsleep(&nobody, until);
}
