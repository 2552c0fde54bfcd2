/*
 * Work queues: one thread does the work of all of them, in the order in which
 * it was queued.
 */
#include "work.h"

struct work_struct {
	unsigned long		data;	/* bit 0: it is queued */
	struct list_head	entry;
	void			(LINUX_REGPARM *func)(struct work_struct *);
};

#define PENDING	1UL

struct delayed_work {
	struct work_struct	work;
	struct timer_list	timer;
	void			*wq;
	int			cpu;
};

static struct list_head queue = { &queue, &queue };
static struct work_struct *running;
static struct thread *worker;

static void
worker_main(void *unused)
{
	(void)arch_intr_disable();
	for (;;) {
		if (list_empty(&queue)) {
			(void)tsleep(&queue, 0);
			continue;
		}
		running = container_of(queue.next, struct work_struct, entry);
		list_del(&running->entry);
		running->data &= ~PENDING;
		arch_intr_enable();
		linux_run((void (LINUX_REGPARM *)(void *))running->func,
		    running, "queued work");
		(void)arch_intr_disable();
		running = NULL;
		wakeup(&running);
	}
}

static void
enqueue(struct work_struct *w)
{
	unsigned s = arch_intr_disable();

	if (worker == NULL)
		worker = thread_create("worker", worker_main, NULL);
	list_add_tail(&w->entry, &queue);
	wakeup(&queue);
	arch_intr_restore(s);
}

static bool
queue_work(struct work_struct *w)
{
	if (w->data & PENDING)
		return false;
	w->data |= PENDING;
	enqueue(w);
	return true;
}

/* Takes it off the queue; answers whether it was there. */
static bool
dequeue(struct work_struct *w)
{
	unsigned s = arch_intr_disable();
	bool was = (w->data & PENDING) != 0;

	if (was) {
		list_del(&w->entry);
		w->data &= ~PENDING;
	}
	arch_intr_restore(s);
	return was;
}

/* Until it neither waits nor runs; from within itself that would be never. */
static bool
settle(const struct work_struct *w, const void *caller)
{
	might_sleep(caller, "flush_work");

	unsigned s = arch_intr_disable();
	bool waited = false;

	while (curthread != worker &&
	    (running == w || (w->data & PENDING && !list_empty(&w->entry)))) {
		waited = true;
		(void)tsleep(&running, 0);
	}
	arch_intr_restore(s);
	return waited;
}

static void
drain(const void *caller)
{
	might_sleep(caller, "flush_workqueue");

	unsigned s = arch_intr_disable();

	while (curthread != worker && (running != NULL || !list_empty(&queue)))
		(void)tsleep(&running, 0);
	arch_intr_restore(s);
}

void
work_gone(const struct module *m)
{
	for (struct list_head *l = queue.next, *next; l != &queue; l = next) {
		struct work_struct *w =
		    container_of(l, struct work_struct, entry);

		next = l->next;
		if (!module_contains(m, (uintptr_t)w->func) &&
		    !module_contains(m, (uintptr_t)w))
			continue;
		(void)dequeue(w);
		ledger_add_owned("queued work", w, m, (char *)w->func + 1);
	}
}

void
work_freed(uintptr_t start, size_t bytes, const void *caller)
{
	for (struct list_head *l = queue.next, *next; l != &queue; l = next) {
		struct work_struct *w =
		    container_of(l, struct work_struct, entry);

		next = l->next;
		if ((uintptr_t)w - start >= bytes)
			continue;
		(void)dequeue(w);
		linux_warn(caller, "work %p is queued while its memory is "
		    "freed", (void *)w);
	}
}

/* -- Queues: only names. */

static int system_queue;
static void *linux_system_wq = &system_queue;
EXPORT_LINUX("system_wq", linux_system_wq);
EXPORT_LINUX_GPL("system_highpri_wq", linux_system_wq);
#define SYSTEM_QUEUE(name)						\
	static void *linux_##name = &system_queue;			\
	EXPORT_IN(linux_gpl_exports, #name, linux_##name);
SYSTEM_QUEUE(system_long_wq)
SYSTEM_QUEUE(system_unbound_wq)
SYSTEM_QUEUE(system_freezable_wq)
SYSTEM_QUEUE(system_power_efficient_wq)
SYSTEM_QUEUE(system_freezable_power_efficient_wq)

LINUX_GPL_VARIADIC(void *, alloc_workqueue,
    (const char *fmt, unsigned flags, int max_active, ...))
{
	char name[LEAK_NAME];
	va_list ap;

	va_start(ap, max_active);
	(void)linux_format(name, sizeof(name), fmt, ap);
	va_end(ap);
	return registry_create("workqueue", 512, name, CALLER);
}

LINUX_GPL(void, destroy_workqueue, (void *wq))
{
	drain(CALLER);
	registry_destroy("workqueue", wq, CALLER);
}

LINUX(void, __flush_workqueue, (void *wq))
{
	drain(CALLER);
}

LINUX_GPL(void, drain_workqueue, (void *wq))
{
	drain(CALLER);
}

/* -- Work. */

LINUX(bool, queue_work_on, (int cpu, void *wq, struct work_struct *w))
{
	return queue_work(w);
}

LINUX_GPL(bool, queue_work_node, (int node, void *wq, struct work_struct *w))
{
	return queue_work(w);
}

LINUX_GPL(bool, flush_work, (struct work_struct *w))
{
	return settle(w, CALLER);
}

LINUX_GPL(bool, cancel_work_sync, (struct work_struct *w))
{
	bool was = dequeue(w);

	(void)settle(w, CALLER);
	return dequeue(w) || was;
}

LINUX(bool, cancel_work, (struct work_struct *w))
{
	return dequeue(w);
}

LINUX_GPL(unsigned, work_busy, (struct work_struct *w))
{
	return (w->data & PENDING) | (running == w ? 2 : 0);
}

/* -- Firmware: there is none.  Who does not want to wait is told so later. */

struct firmware_request {
	struct work_struct	work;
	void			(LINUX_REGPARM *found)(const void *, void *);
	void			*context;
};

static void LINUX_REGPARM
not_found(struct work_struct *w)
{
	struct firmware_request *r =
	    container_of(w, struct firmware_request, work);
	struct firmware_request kept = *r;

	kmem_free(r);
	curthread->td_module = module_at((uintptr_t)kept.found);
	kept.found(NULL, kept.context);
}

LINUX(int, request_firmware_nowait, (void *module, bool uevent,
    const char *name, void *device, gfp_t flags, void *context,
    void (LINUX_REGPARM *found)(const void *, void *)))
{
	struct firmware_request *r = inject_failure(CALLER) ? NULL :
	    kernel_alloc(sizeof(*r));

	if (r == NULL)
		return -ENOMEM;
	r->work.func = not_found;
	r->found = found;
	r->context = context;
	(void)queue_work(&r->work);
	return 0;
}

LINUX(int, request_firmware, (void **firmware, const char *name, void *device))
{
	*firmware = NULL;
	return -ENOENT;
}

LINUX(void, release_firmware, (const void *firmware))
{
}

/* -- Delayed work: pending from the time it is asked for. */

LINUX(void, delayed_work_timer_fn, (struct timer_list *t))
{
	enqueue(&container_of(t, struct delayed_work, timer)->work);
}

static bool
queue_delayed(struct delayed_work *d, unsigned long delay)
{
	if (d->work.data & PENDING)
		return false;
	d->work.data |= PENDING;
	list_init(&d->work.entry);
	if (delay == 0) {
		enqueue(&d->work);
	} else {
		d->timer.function = linux_delayed_work_timer_fn;
		(void)timer_set(&d->timer, linux_jiffies + delay);
	}
	return true;
}

static bool
cancel_delayed(struct delayed_work *d)
{
	bool was = timer_clear(&d->timer);

	return dequeue(&d->work) || was;
}

LINUX(bool, queue_delayed_work_on,
    (int cpu, void *wq, struct delayed_work *d, unsigned long delay))
{
	return queue_delayed(d, delay);
}

LINUX_GPL(bool, mod_delayed_work_on,
    (int cpu, void *wq, struct delayed_work *d, unsigned long delay))
{
	bool was = cancel_delayed(d);

	(void)queue_delayed(d, delay);
	return was;
}

LINUX(bool, cancel_delayed_work, (struct delayed_work *d))
{
	return cancel_delayed(d);
}

LINUX(bool, cancel_delayed_work_sync, (struct delayed_work *d))
{
	bool was = cancel_delayed(d);

	(void)settle(&d->work, CALLER);
	return cancel_delayed(d) || was;
}

LINUX(bool, flush_delayed_work, (struct delayed_work *d))
{
	if (timer_clear(&d->timer))
		enqueue(&d->work);
	return settle(&d->work, CALLER);
}
