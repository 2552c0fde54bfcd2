/*
 * Who allocated or freed something, for reports.
 */
#include "check.h"

void
trace_fill(struct trace *t, const void *caller)
{
	uintptr_t fp = (uintptr_t)__builtin_frame_address(0), pc = 0;

	t->thread = curthread->td_id;
	t->n = 0;
	/* The kernel's functions below a module's are not of interest. */
	while (frame_caller(&pc, &fp) && module_at(pc - 1) == NULL)
		continue;
	while (t->n < TRACE && pc != 0 && module_at(pc - 1) != NULL) {
		t->pc[t->n++] = pc;
		if (!frame_caller(&pc, &fp))
			break;
	}
	if (t->n == 0)
		t->pc[t->n++] = (uintptr_t)caller;
}
