/*
 * armv7: what entry.S pushes on a trap (on the supervisor stack, whatever
 * mode the CPU entered), and what arch_setjmp saves.
 */
#ifndef MACHINE_FRAME_H
#define MACHINE_FRAME_H

/* trapframe.vector */
#define VECTOR_UNDEFINED	1
#define VECTOR_SVC		2
#define VECTOR_PREFETCH		3
#define VECTOR_DATA		4
#define VECTOR_IRQ		6

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct trapframe {
	uint32_t r[13];				/*  0 */
	uint32_t sp, lr;			/* 52 of the interrupted code */
	uint32_t vector;			/* 60 VECTOR_* */
	uint32_t pc, cpsr;			/* 64 by srs */
};

_Static_assert(offsetof(struct trapframe, sp) == 52, "entry.S");
_Static_assert(offsetof(struct trapframe, pc) == 64, "entry.S");
_Static_assert(sizeof(struct trapframe) == 72, "entry.S");

struct jmpbuf {
	uint32_t r4, r5, r6, r7, r8, r9, r10, r11;	/*  0 */
	uint32_t sp, lr;				/* 32 */
};

/* For debuggers: nobody called the function this stands in. */
#define CFI_OUTERMOST()	__asm volatile(".cfi_undefined lr")

static inline uintptr_t
arch_frame_pc(const struct trapframe *frame)
{
	return frame->pc;
}

static inline uintptr_t
arch_frame_sp(const struct trapframe *frame)
{
	return frame->sp;
}

/* Head of the chain of {caller's frame pointer, return address}. */
static inline uintptr_t
arch_frame_fp(const struct trapframe *frame)
{
	return frame->r[11];
}

/* Go on behind the instruction by which Linux's WARN() and BUG() trap. */
static inline void
arch_frame_skip_trap(struct trapframe *frame)
{
	frame->pc += 4;
}

/* Where a function finds, when it has just been called, its return address,
 * and argument word i. */
static inline const uintptr_t *
arch_frame_return(const struct trapframe *frame)
{
	return (const uintptr_t *)&frame->lr;
}

static inline const uintptr_t *
arch_frame_arg(const struct trapframe *frame, unsigned i)
{
	return i < 4 ? (const uintptr_t *)&frame->r[i] :
	    (const uintptr_t *)frame->sp + (i - 4);
}

#endif /* __ASSEMBLER__ */
#endif /* MACHINE_FRAME_H */
