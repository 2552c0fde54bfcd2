/*
 * What happens on an exception: a fault goes to a guard or stops the kernel,
 * an interrupt is served, and may end with another thread on the CPU.
 */
#include "defs.h"

bool interrupting;

void
trap(struct trapframe *frame, unsigned kind, uintptr_t address,
    unsigned access, uint64_t code)
{
	struct wire_oops oops;
	char text[256];

	if ((kind == OOPS_UNDEFINED || kind == OOPS_BREAKPOINT) &&
	    linux_bug(frame))
		return;
	oops_fill(&oops, frame, kind, address, access, code);
	/* A fault of an interrupt's own is not the interrupted code's. */
	if (!interrupting && guard_take(frame, &oops))
		return;
	(void)arch_intr_disable();
	oops_print(&oops);
	panic("fault in the kernel: %s",
	    oops_describe(&oops, text, sizeof(text)));
}

void
interrupt(struct trapframe *frame)
{
	uint32_t pending = device_read(WIRE_INTC + INTC_PENDING);
	struct wire_oops oops;

	interrupting = true;
	device_write(WIRE_LINKER + LINKER_ACK,
	    pending & (INTC_REQUEST | INTC_COMMAND));
	if (pending & INTC_REQUEST)
		linker_interrupt();
	if (pending & INTC_COMMAND)
		command_done();
	if (pending & INTC_TIMER)
		thread_tick();

	uint64_t deadline = guard_deadline(curthread);
	bool bites = deadline != 0 && nanouptime() >= deadline;

	if (bites) {
		/* The frame then leads to the guard. */
		oops_fill(&oops, frame, OOPS_WATCHDOG, 0, 0, 0);
		(void)guard_take(frame, &oops);
	}
	interrupting = false;
	if (bites)
		thread_timer();
	else
		thread_preempt();
}
