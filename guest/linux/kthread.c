/*
 * Kernel threads of modules.
 */
#include "work.h"

struct kthread {
	struct kthread	*next;
	struct thread	*thread;
	int		(LINUX_REGPARM *fn)(void *);
	void		*data;
	uint32_t	owner;
	bool		started, stop, done;
	int		result;
	/* What modules take for struct task_struct. */
	char		task[8192] __attribute__((__aligned__(64)));
};

static struct kthread *kthreads;

static struct kthread *
by_thread(const struct thread *t)
{
	struct kthread *k = kthreads;

	while (k != NULL && k->thread != t)
		k = k->next;
	return k;
}

static struct kthread *
by_task(const void *task)
{
	struct kthread *k = kthreads;

	while (k != NULL && k->task != task)
		k = k->next;
	return k;
}

static void
run(void *p)
{
	struct kthread *k = p;

	k->result = k->fn(k->data);
}

static void
kthread_main(void *p)
{
	struct kthread *k = p;

	while (!k->started)
		(void)tsleep(k, 0);
	k->result = -L_EINTR;
	/* Stopped before it was ever woken it never runs. */
	if (!k->stop) {
		struct wire_oops oops;
		char text[256];

		if (guard_module(module_at((uintptr_t)k->fn),
		    run, k, 0, &oops) != 0) {
			oops_print(&oops);
			finding_add(oops.kind == OOPS_MISSING_SYMBOL ?
			    "missing-symbol" : "oops",
			    (void *)(uintptr_t)oops.pc, k->fn,
			    oops_describe(&oops, text, sizeof(text)));
		}
	}
	k->done = true;
	wakeup(k);
	for (;;)
		(void)tsleep(&k->done, 0);
}

static void
forget(struct kthread *k)
{
	struct kthread **at = &kthreads;

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	thread_end(k->thread);
	kmem_free(k);
}

void
kthreads_gone(const struct module *m)
{
	for (struct kthread *k = kthreads, *next; k != NULL; k = next) {
		next = k->next;
		if (k->owner != m->mod_id)
			continue;
		if (!k->done)
			ledger_add_owned("kernel thread", k->task, m,
			    (char *)k->fn + 1);
		forget(k);
	}
}

static void *
create(int (LINUX_REGPARM *fn)(void *), void *data, const char *name,
    const void *caller)
{
	const struct module *m = module_calling(caller);
	struct kthread *k = inject_failure(caller) ? NULL :
	    kernel_alloc(sizeof(*k));

	if (k == NULL)
		return err_ptr(-ENOMEM);
	k->fn = fn;
	k->data = data;
	k->owner = m != NULL ? m->mod_id : 0;
	k->thread = thread_create(name, kthread_main, k);
	if (k->thread == NULL) {
		kmem_free(k);
		return err_ptr(-ENOMEM);
	}
	k->next = kthreads;
	kthreads = k;
	return k->task;
}

LINUX_VARIADIC(void *, kthread_create_on_node,
    (int (LINUX_REGPARM *fn)(void *), void *data, int node,
    const char *fmt, ...))
{
	char name[32];
	va_list ap;

	va_start(ap, fmt);
	(void)linux_format(name, sizeof(name), fmt, ap);
	va_end(ap);
	return create(fn, data, name, CALLER);
}

LINUX(int, wake_up_process, (void *task))
{
	struct kthread *k = by_task(task);

	if (k != NULL && !k->started) {
		k->started = true;
		wakeup(k);
	}
	linux_wake();
	return 1;
}

LINUX(int, kthread_stop, (void *task))
{
	struct kthread *k = by_task(task);
	int result;

	might_sleep(CALLER, "kthread_stop");
	if (k == NULL) {
		linux_warn(CALLER, "kthread_stop: %p is no kernel thread",
		    task);
		return -EINVAL;
	}
	k->stop = true;
	k->started = true;
	wakeup(k);
	linux_wake();
	while (!k->done)
		(void)tsleep(k, 0);
	result = k->result;
	forget(k);
	return result;
}

LINUX(bool, kthread_should_stop, (void))
{
	const struct kthread *k = by_thread(curthread);

	return k != NULL && k->stop;
}

LINUX_GPL(bool, kthread_freezable_should_stop, (bool *was_frozen))
{
	const struct kthread *k = by_thread(curthread);

	if (was_frozen != NULL)
		*was_frozen = false;
	return k != NULL && k->stop;
}

LINUX(void, kthread_bind, (void *task, unsigned cpu))
{
}

/* Threads take turns; nobody is favoured. */
LINUX(void, set_user_nice, (void *task, long nice))
{
}

LINUX_GPL(void, sched_set_fifo, (void *task))
{
}

LINUX_GPL(void, sched_set_fifo_low, (void *task))
{
}

LINUX_GPL(void, sched_set_normal, (void *task, int nice))
{
}
