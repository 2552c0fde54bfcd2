/*
 * armv7: interrupts, idling, stacks of new threads, and what the kernel asks
 * of a trap frame.
 */
#include "defs.h"

#define CPSR_I	0x80
#define CPSR_T	0x20

void	thread_entry(void);

const char *const arch_reg_names[] = {
	"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7",
	"r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc", "cpsr",
};

unsigned
arch_intr_disable(void)
{
	uint32_t cpsr;

	__asm volatile("mrs %0, cpsr; cpsid i" : "=r"(cpsr) :: "memory");
	return (cpsr & CPSR_I) == 0;
}

void
arch_intr_enable(void)
{
	__asm volatile("cpsie i" ::: "memory");
}

void
arch_intr_restore(unsigned was)
{
	if (was)
		arch_intr_enable();
}

void
arch_idle(void)
{
	/* wfi wakes for a masked interrupt, so none is lost before it. */
	__asm volatile("wfi; cpsie i; b 1f; 1: cpsid i" ::: "memory");
}

uintptr_t
arch_stack_init(uintptr_t top, void (*fn)(void *), void *arg)
{
	/* What arch_switch pops: r3 r4 ... r11 pc. */
	uint32_t *sp = (uint32_t *)(top & ~(uintptr_t)7) - 10;

	memset(sp, 0, 40);
	sp[1] = (uintptr_t)fn;
	sp[2] = (uintptr_t)arg;
	sp[9] = (uintptr_t)thread_entry;
	return (uintptr_t)sp;
}

void
arch_icache_sync(uintptr_t va, size_t bytes)
{
	for (uintptr_t p = va & ~31UL; p < va + bytes; p += 32)
		__asm volatile("mcr p15, 0, %0, c7, c11, 1" :: "r"(p) :
		    "memory");		/* DCCMVAU */
	__asm volatile("dsb ish" ::: "memory");
	__asm volatile("mcr p15, 0, %0, c7, c5, 0" :: "r"(0) :
	    "memory");			/* ICIALLU */
	__asm volatile("dsb ish; isb" ::: "memory");
}

unsigned
arch_frame_regs(const struct trapframe *f, uint64_t *regs)
{
	for (unsigned i = 0; i < 13; i++)
		regs[i] = f->r[i];
	regs[13] = f->sp;
	regs[14] = f->lr;
	regs[15] = f->pc;
	regs[16] = f->cpsr;
	return 17;
}

void
arch_frame_longjmp(struct trapframe *frame, struct jmpbuf *jb)
{
	frame->pc = (uintptr_t)arch_longjmp;
	frame->cpsr = (frame->cpsr & ~CPSR_T) | CPSR_I;
	frame->r[0] = (uintptr_t)jb;
}
