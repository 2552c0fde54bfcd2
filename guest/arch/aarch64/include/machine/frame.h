/*
 * aarch64: what entry.S pushes on a trap, and what arch_setjmp saves.
 */
#ifndef MACHINE_FRAME_H
#define MACHINE_FRAME_H

#include <stddef.h>
#include <stdint.h>

struct trapframe {
	uint64_t x[31];				/*   0 */
	uint64_t sp;				/* 248 of the interrupted code */
	uint64_t pc, spsr;			/* 256 ELR_EL1, SPSR_EL1 */
	uint64_t esr, far;			/* 272 */
};

_Static_assert(offsetof(struct trapframe, sp) == 248, "entry.S");
_Static_assert(offsetof(struct trapframe, esr) == 272, "entry.S");
_Static_assert(sizeof(struct trapframe) == 288, "entry.S");

struct jmpbuf {
	uint64_t x19, x20, x21, x22, x23, x24;	/*  0 */
	uint64_t x25, x26, x27, x28, x29, x30;	/* 48 */
	uint64_t sp;				/* 96 */
};

/* For debuggers: nobody called the function this stands in. */
#define CFI_OUTERMOST()	__asm volatile(".cfi_undefined x30")

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
	return frame->x[29];
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
	return (const uintptr_t *)&frame->x[30];
}

static inline const uintptr_t *
arch_frame_arg(const struct trapframe *frame, unsigned i)
{
	return i < 8 ? (const uintptr_t *)&frame->x[i] :
	    (const uintptr_t *)frame->sp + (i - 8);
}

#endif /* MACHINE_FRAME_H */
