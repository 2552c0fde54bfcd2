/*
 * armv7: the vector base, and traps told to the kernel in its own words.
 */
#include "defs.h"

#define CPSR_T		0x20
#define DFSR_WNR	0x800		/* write, not read */
#define FSR_STATUS(fsr)	(((fsr) & 0xf) | (((fsr) >> 6) & 0x10))
#define FSR_ALIGNMENT	0x01
#define FSR_DEBUG	0x02

/* For a fault of a thread that has used up its own (entry.S). */
char overflow_stack[8192] __attribute__((__aligned__(8)));

extern char trap_vectors[];
void	arch_trap(struct trapframe *);

/*
 * Linux modules read their stack canary from the task that TPIDRURO points
 * at; a zeroed block larger than any offset they use answers.
 */
char linux_task[8192] __attribute__((__aligned__(64)));

void
arch_trap_init(void)
{
	__asm volatile("mcr p15, 0, %0, c12, c0, 0" :: "r"(trap_vectors));
	__asm volatile("mcr p15, 0, %0, c13, c0, 3" :: "r"(linux_task));
	__asm volatile("mcr p15, 0, %0, c13, c0, 4; isb" :: "r"(0));
}

/* CP15 c5 and c6: status and address of the last data or prefetch abort. */
#define FAULT_REGISTER(name, crn, op2)					\
static uint32_t								\
name(void)								\
{									\
	uint32_t value;							\
									\
	__asm volatile("mrc p15, 0, %0, " #crn ", c0, " #op2 :		\
	    "=r"(value));						\
	return value;							\
}
FAULT_REGISTER(dfsr, c5, 0)
FAULT_REGISTER(ifsr, c5, 1)
FAULT_REGISTER(dfar, c6, 0)
FAULT_REGISTER(ifar, c6, 2)

void
arch_trap(struct trapframe *frame)
{
	uint32_t fsr;
	unsigned access;

	switch (frame->vector) {
	case VECTOR_IRQ:
		interrupt(frame);
		return;
	case VECTOR_UNDEFINED:
		frame->pc -= frame->cpsr & CPSR_T ? 2 : 4;
		trap(frame, OOPS_UNDEFINED, 0, 0, 0);
		return;
	case VECTOR_SVC:
		trap(frame, OOPS_SVC, 0, 0, 0);
		return;
	case VECTOR_PREFETCH:
		fsr = ifsr();
		if (FSR_STATUS(fsr) == FSR_DEBUG)
			trap(frame, OOPS_BREAKPOINT, 0, 0, fsr);
		else
			trap(frame, OOPS_PAGE_FAULT, ifar(),
			    ACCESS_EXEC, fsr);
		return;
	case VECTOR_DATA:
		fsr = dfsr();
		access = fsr & DFSR_WNR ? ACCESS_WRITE : ACCESS_READ;
		trap(frame, FSR_STATUS(fsr) == FSR_ALIGNMENT ?
		    OOPS_ALIGNMENT : OOPS_PAGE_FAULT, dfar(),
		    access, fsr);
		return;
	default:
		trap(frame, OOPS_OTHER, 0, 0, frame->vector);
		return;
	}
}
