/*
 * Guards: how the kernel survives a fault in the code of a module.  A guarded
 * call leaves a jump buffer behind; a fault of that thread, or its watchdog,
 * comes back to the innermost one.
 */
#include "defs.h"

uint64_t
guard_deadline(const struct thread *t)
{
	return t->td_guard != NULL ? t->td_guard->g_deadline : 0;
}

int
guard_call(void (*fn)(void *), void *arg, uint64_t budget_ns,
    struct wire_oops *oops)
{
	struct wire_oops unwanted;
	struct guard g;
	int error = 0;
	/* Only by the outermost call into a module. */
	const bool paint = CHECKS && curthread->td_module != NULL &&
	    curthread->td_painted == 0;

	if (oops == NULL)
		oops = &unwanted;
	g.g_intr = arch_intr_disable();
	g.g_oops = oops;
	g.g_outer = curthread->td_guard;
	g.g_mutexes = curthread->td_mutexes;
	g.g_held = curthread->td_held;
	g.g_deadline = guard_deadline(curthread);
	if (budget_ns != 0 && earlier(nanouptime() + budget_ns, g.g_deadline))
		g.g_deadline = nanouptime() + budget_ns;
	if (arch_setjmp(&g.g_env) == 0) {
		curthread->td_guard = &g;
		thread_timer();
		arch_intr_restore(g.g_intr);
		if (paint)
			stack_paint();
		fn(arg);
		(void)arch_intr_disable();
		curthread->td_guard = g.g_outer;
	} else {
		/* guard_take() or guard_throw() took the guard away. */
		(void)arch_intr_disable();
		error = g.g_oops->kind == OOPS_WATCHDOG ? ETIMEDOUT : EFAULT;
	}
	if (paint && curthread->td_painted != 0)
		stack_measure();
	mutex_release(curthread, g.g_mutexes);
	locks_release(curthread, g.g_held, error == 0);
	thread_timer();
	arch_intr_restore(g.g_intr);
	return error;
}

int
guard_module(struct module *m, void (*fn)(void *), void *arg,
    uint64_t budget_ns, struct wire_oops *oops)
{
	struct module *outer = curthread->td_module;

	curthread->td_module = m;
	linux_tick();

	int error = guard_call(fn, arg, budget_ns, oops);

	curthread->td_module = outer;
	return error;
}

void
guard_resume(struct guard *innermost, uint64_t since)
{
	uint64_t elapsed = nanouptime() - since;

	for (struct guard *g = innermost; g != NULL; g = g->g_outer)
		if (g->g_deadline != 0)
			g->g_deadline += elapsed;
	curthread->td_guard = innermost;
	thread_timer();
}

bool
guard_take(struct trapframe *frame, const struct wire_oops *oops)
{
	struct guard *g = curthread->td_guard;

	if (g == NULL)
		return false;
	*g->g_oops = *oops;
	curthread->td_guard = g->g_outer;
	arch_frame_longjmp(frame, &g->g_env);
	return true;
}

void
guard_throw(unsigned kind)
{
	(void)arch_intr_disable();

	struct guard *g = curthread->td_guard;

	oops_fill_call(g->g_oops, kind);
	curthread->td_guard = g->g_outer;
	arch_longjmp(&g->g_env);
}
