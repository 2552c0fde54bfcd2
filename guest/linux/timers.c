/*
 * Timers.  Their functions run in a thread of the kernel's, one after the
 * other, and may not sleep.
 */
#include "work.h"

static struct timer_list *armed;	/* the earliest first */
static struct timer_list *running;
static struct thread *timer_thread;

uint64_t
jiffies_to_time(unsigned long jiffies)
{
	long ahead = (long)(jiffies - linux_jiffies);
	uint64_t now = nanouptime();

	return ahead <= 0 ? now : (now / TICK_NS + (uint64_t)ahead) * TICK_NS;
}

static bool
is_due(const struct timer_list *t)
{
	return (long)(t->expires - linux_jiffies) <= 0;
}

struct call {
	void	(LINUX_REGPARM *fn)(void *);
	void	*arg;
};

static void
call(void *p)
{
	const struct call *c = p;

	c->fn(c->arg);
}

void
linux_run(void (LINUX_REGPARM *fn)(void *), void *arg, const char *what)
{
	struct call c = { fn, arg };
	struct wire_oops oops;
	char text[256];

	if (guard_module(module_at((uintptr_t)fn), call, &c,
	    bootinfo.init_budget_ns, &oops) == 0)
		return;
	oops_print(&oops);
	finding_add(oops.kind == OOPS_MISSING_SYMBOL ? "missing-symbol" :
	    "oops", (void *)(uintptr_t)oops.pc, fn,
	    oops_describe(&oops, text, sizeof(text)));
	printf("in %s\n", what);
}

static void
timer_main(void *unused)
{
	(void)arch_intr_disable();
	for (;;) {
		linux_tick();
		if (armed == NULL || !is_due(armed)) {
			(void)tsleep(&armed, armed == NULL ? 0 :
			    jiffies_to_time(armed->expires));
			continue;
		}
		running = armed;
		(void)timer_clear(running);
		curthread->td_atomic = true;
		arch_intr_enable();
		linux_run((void (LINUX_REGPARM *)(void *))running->function,
		    running, "a timer's function");
		(void)arch_intr_disable();
		curthread->td_atomic = false;
		running = NULL;
		wakeup(&running);
	}
}

bool
timer_set(struct timer_list *t, unsigned long expires)
{
	unsigned s = arch_intr_disable();
	bool was = timer_clear(t);
	struct timer_list **at = &armed;

	if (timer_thread == NULL)
		timer_thread = thread_create("timers", timer_main, NULL);
	t->expires = expires;
	while (*at != NULL && (long)((*at)->expires - expires) <= 0)
		at = &(*at)->next;
	t->next = *at;
	t->at = at;
	if (t->next != NULL)
		t->next->at = &t->next;
	*at = t;
	wakeup(&armed);
	arch_intr_restore(s);
	return was;
}

bool
timer_clear(struct timer_list *t)
{
	unsigned s = arch_intr_disable();
	bool was = t->at != NULL;

	if (was) {
		*t->at = t->next;
		if (t->next != NULL)
			t->next->at = t->at;
		t->at = NULL;
	}
	arch_intr_restore(s);
	return was;
}

void
timer_settle(struct timer_list *t)
{
	unsigned s = arch_intr_disable();

	while (running == t && curthread != timer_thread)
		(void)tsleep(&running, 0);
	arch_intr_restore(s);
}

/* In its own memory, or with its function. */
void
timers_gone(const struct module *m)
{
	for (struct timer_list *t = armed, *next; t != NULL; t = next) {
		next = t->next;
		if (!module_contains(m, (uintptr_t)t->function) &&
		    !module_contains(m, (uintptr_t)t))
			continue;
		(void)timer_clear(t);
		ledger_add_owned("armed timer", t, m, (char *)t->function + 1);
	}
}

void
timers_freed(uintptr_t start, size_t bytes, const void *caller)
{
	for (struct timer_list *t = armed, *next; t != NULL; t = next) {
		next = t->next;
		if ((uintptr_t)t - start >= bytes)
			continue;
		(void)timer_clear(t);
		linux_warn(caller, "timer %p is armed while its memory is "
		    "freed", (void *)t);
	}
}

LINUX(void, init_timer_key,
    (struct timer_list *t, void (LINUX_REGPARM *fn)(struct timer_list *),
    uint32_t flags, const char *name, void *key))
{
	t->at = NULL;
	t->function = fn;
	t->flags = flags;
}

LINUX(int, mod_timer, (struct timer_list *t, unsigned long expires))
{
	return timer_set(t, expires);
}

LINUX(int, mod_timer_pending, (struct timer_list *t, unsigned long expires))
{
	return t->at != NULL && timer_set(t, expires);
}

LINUX(int, timer_reduce, (struct timer_list *t, unsigned long expires))
{
	if (t->at != NULL && (long)(t->expires - expires) <= 0)
		return 1;
	return timer_set(t, expires);
}

LINUX(void, add_timer, (struct timer_list *t))
{
	if (t->at != NULL)
		linux_warn(CALLER, "add_timer: %p is armed already", (void *)t);
	(void)timer_set(t, t->expires);
}

LINUX_GPL(void, add_timer_on, (struct timer_list *t, int cpu))
{
	(void)timer_set(t, t->expires);
}

LINUX(int, timer_delete, (struct timer_list *t))
{
	return timer_clear(t);
}

LINUX(int, try_to_del_timer_sync, (struct timer_list *t))
{
	return running == t ? -1 : timer_clear(t);
}

/* The function may arm it again. */
LINUX(int, timer_delete_sync, (struct timer_list *t))
{
	bool was = timer_clear(t);

	timer_settle(t);
	return timer_clear(t) || was;
}

LINUX_GPL(int, timer_shutdown_sync, (struct timer_list *t))
{
	bool was = timer_clear(t);

	timer_settle(t);
	return timer_clear(t) || was;
}

void
linux_module_gone(const struct module *m)
{
	timers_gone(m);
	work_gone(m);
	kthreads_gone(m);
}

void
linux_memory_freed(uintptr_t start, size_t bytes, const void *caller)
{
	unsigned s = arch_intr_disable();

	timers_freed(start, bytes, caller);
	work_freed(start, bytes, caller);
	locks_freed(start, bytes, caller);
	arch_intr_restore(s);
}
