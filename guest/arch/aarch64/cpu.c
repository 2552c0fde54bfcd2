/*
 * aarch64: interrupts, idling, stacks of new threads, and what the kernel
 * asks of a trap frame.
 */
#include "defs.h"

#define DAIF_I	0x80

void	thread_entry(void);

const char *const arch_reg_names[] = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7",
	"x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
	"x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
	"x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",
	"pc", "cpsr",
};

unsigned
arch_intr_disable(void)
{
	uint64_t daif;

	__asm volatile("mrs %0, daif; msr daifset, #2" : "=r"(daif) ::
	    "memory");
	return (daif & DAIF_I) == 0;
}

void
arch_intr_enable(void)
{
	__asm volatile("msr daifclr, #2" ::: "memory");
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
	__asm volatile("wfi; msr daifclr, #2; b 1f; 1: msr daifset, #2" :::
	    "memory");
}

uintptr_t
arch_stack_init(uintptr_t top, void (*fn)(void *), void *arg)
{
	/* What arch_switch loads: x19 x20 ... x29 x30. */
	uint64_t *sp = (uint64_t *)(top & ~(uintptr_t)15) - 12;

	memset(sp, 0, 96);
	sp[0] = (uintptr_t)fn;
	sp[1] = (uintptr_t)arg;
	sp[11] = (uintptr_t)thread_entry;
	return (uintptr_t)sp;
}

void
arch_icache_sync(uintptr_t va, size_t bytes)
{
	for (uintptr_t p = va & ~63UL; p < va + bytes; p += 64)
		__asm volatile("dc cvau, %0" :: "r"(p) : "memory");
	__asm volatile("dsb ish" ::: "memory");
	for (uintptr_t p = va & ~63UL; p < va + bytes; p += 64)
		__asm volatile("ic ivau, %0" :: "r"(p) : "memory");
	__asm volatile("dsb ish; isb" ::: "memory");
}

unsigned
arch_frame_regs(const struct trapframe *f, uint64_t *regs)
{
	memcpy(regs, f->x, sizeof(f->x));
	regs[31] = f->sp;
	regs[32] = f->pc;
	regs[33] = f->spsr;
	return 34;
}

void
arch_frame_longjmp(struct trapframe *frame, struct jmpbuf *jb)
{
	frame->pc = (uintptr_t)arch_longjmp;
	frame->x[0] = (uintptr_t)jb;
	frame->spsr |= DAIF_I;
}
