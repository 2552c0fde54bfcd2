/*
 * aarch64: the vector base, and traps told to the kernel in its own words.
 */
#include "defs.h"

/* ESR_EL1 exception classes (ARM ARM D17.2.37). */
#define EC(esr)			((unsigned)(esr) >> 26)
#define EC_UNKNOWN		0x00
#define EC_SVC64		0x15
#define EC_INSTRUCTION_ABORT	0x21	/* same exception level */
#define EC_PC_ALIGNMENT		0x22
#define EC_DATA_ABORT		0x25
#define EC_SP_ALIGNMENT		0x26
#define EC_BRK64		0x3c
#define ISS_WNR			0x40	/* write, not read */
#define ISS_FSC(esr)		((esr) & 0x3f)
#define FSC_ALIGNMENT		0x21

#define VECTOR_SYNC		4	/* current level on SP_EL1 */
#define VECTOR_IRQ		5

extern char trap_vectors[];
void	arch_trap(struct trapframe *, unsigned);

/*
 * Linux modules read their stack canary from the task that sp_el0 points at;
 * a zeroed block larger than any offset they use answers.
 */
static char linux_task[8192] __attribute__((__aligned__(64)));

void
arch_trap_init(void)
{
	__asm volatile("msr vbar_el1, %0" :: "r"(trap_vectors));
	__asm volatile("msr sp_el0, %0" :: "r"(linux_task));
	__asm volatile("msr tpidr_el1, xzr");
	__asm volatile("isb");
}

static void
abort_trap(struct trapframe *frame, unsigned access)
{
	if (ISS_FSC(frame->esr) == FSC_ALIGNMENT)
		trap(frame, OOPS_ALIGNMENT, frame->far, access, frame->esr);
	else
		trap(frame, OOPS_PAGE_FAULT, frame->far, access, frame->esr);
}

void
arch_trap(struct trapframe *frame, unsigned vector)
{
	if (vector == VECTOR_IRQ) {
		interrupt(frame);
		return;
	}
	if (vector != VECTOR_SYNC) {
		trap(frame, OOPS_OTHER, 0, 0, vector);
		return;
	}
	switch (EC(frame->esr)) {
	case EC_UNKNOWN:
		trap(frame, OOPS_UNDEFINED, 0, 0, frame->esr);
		return;
	case EC_SVC64:
		trap(frame, OOPS_SVC, 0, 0, frame->esr);
		return;
	case EC_INSTRUCTION_ABORT:
		abort_trap(frame, ACCESS_EXEC);
		return;
	case EC_DATA_ABORT:
		abort_trap(frame,
		    frame->esr & ISS_WNR ? ACCESS_WRITE : ACCESS_READ);
		return;
	case EC_PC_ALIGNMENT:
	case EC_SP_ALIGNMENT:
		trap(frame, OOPS_ALIGNMENT, frame->far, 0, frame->esr);
		return;
	case EC_BRK64:
		trap(frame, OOPS_BREAKPOINT, 0, 0, frame->esr);
		return;
	default:
		trap(frame, OOPS_OTHER, 0, 0, frame->esr);
		return;
	}
}
