/*
 * The life of a thread: created with a stack of its own, ended by itself, by
 * a fault, or with the module it belongs to, and freed by whoever joins it.
 */
#include "defs.h"

/* A module's thread is guarded: a fault ends it, and it alone. */
void
thread_start(void (*fn)(void *), void *arg)
{
	struct wire_oops oops;

	CFI_OUTERMOST();
	thread_timer();
	arch_intr_enable();

	struct module *m = module_at((uintptr_t)fn);

	if (m == NULL)
		fn(arg);
	else if (guard_module(m, fn, arg, 0, &oops) != 0) {
		char text[256];

		oops_print(&oops);
		if (CHECKS)
			finding_add("oops", (void *)(uintptr_t)oops.pc,
			    (void *)(uintptr_t)oops.address,
			    oops_describe(&oops, text, sizeof(text)));
	}
	thread_exit();
}

struct thread *
thread_create(const char *name, void (*fn)(void *), void *arg)
{
	static uint32_t last_id;
	struct thread *t = kernel_alloc(sizeof(*t));

	if (t != NULL)
		t->td_stack = area_alloc(STACK_BYTES, PAGE_SIZE,
		    PROT_READ | PROT_WRITE);
	if (t == NULL || t->td_stack == 0) {
		kmem_free(t);
		return NULL;
	}
	t->td_sp = arch_stack_init(t->td_stack + STACK_BYTES, fn, arg);
	t->td_fn = fn;
	strlcpy(t->td_name, name, sizeof(t->td_name));

	unsigned s = arch_intr_disable();

	t->td_id = ++last_id;
	t->td_all = allthreads;
	allthreads = t;
	thread_ready(t);
	arch_intr_restore(s);
	return t;
}

void
thread_exit(void)
{
	if (curthread->td_guard != NULL &&
	    module_at((uintptr_t)curthread->td_fn) == NULL)
		panic_caller("thread_exit: this thread is the kernel's");
	(void)arch_intr_disable();
	mutex_release(curthread, NULL);
	curthread->td_guard = NULL;
	curthread->td_dead = true;
	wakeup(curthread);
	thread_switch();
	panic("a dead thread runs");
}

/* The thread runs no more, and nobody's list but allthreads has it. */
static void
thread_free(struct thread *t)
{
	struct thread **at = &allthreads;

	while (*at != t)
		at = &(*at)->td_all;
	*at = t->td_all;
	area_free(t->td_stack);
	kmem_free(t);
}

void
thread_join(struct thread *t)
{
	if (t == curthread)
		panic_caller("thread_join: a thread waits for itself");

	unsigned s = arch_intr_disable();
	uint32_t id = t->td_id;

	/* It may vanish meanwhile: thread_end_owned() asks nobody. */
	while (thread_by_id(id) == t && !t->td_dead)
		(void)tsleep(t, 0);
	if (thread_by_id(id) == t)
		thread_free(t);
	arch_intr_restore(s);
}

void
thread_end_owned(const struct module *m)
{
	unsigned s = arch_intr_disable();

	for (struct thread *t = allthreads, *next; t != NULL; t = next) {
		next = t->td_all;
		if (t != curthread && module_contains(m, (uintptr_t)t->td_fn))
			thread_end(t);
	}
	arch_intr_restore(s);
}

void
thread_end(struct thread *t)
{
	unsigned s = arch_intr_disable();

	thread_forget(t);
	mutex_release(t, NULL);
	locks_release(t, NULL, false);
	wakeup(t);
	thread_free(t);
	arch_intr_restore(s);
}

struct thread *
thread_self(void)
{
	return curthread;
}

uint32_t
thread_id(const struct thread *t)
{
	return t->td_id;
}

struct thread *
thread_by_id(uint32_t id)
{
	struct thread *t = allthreads;

	while (t != NULL && t->td_id != id)
		t = t->td_all;
	return t;
}

