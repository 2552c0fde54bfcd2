/*
 * amd64: what entry.S pushes on a trap, and what arch_setjmp saves.
 */
#ifndef MACHINE_FRAME_H
#define MACHINE_FRAME_H

#include <stddef.h>
#include <stdint.h>

struct trapframe {
	uint64_t rax, rbx, rcx, rdx;		/*   0 */
	uint64_t rsi, rdi, rbp;			/*  32 */
	uint64_t r8, r9, r10, r11;		/*  56 */
	uint64_t r12, r13, r14, r15;		/*  88 */
	uint64_t vector, error;			/* 120 */
	uint64_t rip, cs, rflags, rsp, ss;	/* 136 by the CPU */
};

_Static_assert(offsetof(struct trapframe, vector) == 120, "entry.S");
_Static_assert(offsetof(struct trapframe, rip) == 136, "entry.S");

struct jmpbuf {
	uint64_t rbx, rbp, r12, r13, r14, r15;	/*  0 */
	uint64_t rsp, rip;			/* 48 */
};

/* For debuggers: nobody called the function this stands in. */
#define CFI_OUTERMOST()	__asm volatile(".cfi_undefined %rip")

static inline uintptr_t
arch_frame_pc(const struct trapframe *frame)
{
	return frame->rip;
}

static inline uintptr_t
arch_frame_sp(const struct trapframe *frame)
{
	return frame->rsp;
}

/* Head of the chain of {caller's frame pointer, return address}. */
static inline uintptr_t
arch_frame_fp(const struct trapframe *frame)
{
	return frame->rbp;
}

/* Go on behind the instruction by which Linux's WARN() and BUG() trap. */
static inline void
arch_frame_skip_trap(struct trapframe *frame)
{
	frame->rip += 2;
}

/* Where a function finds, when it has just been called, its return address,
 * and argument word i of Linux's convention. */
static inline const uintptr_t *
arch_frame_return(const struct trapframe *frame)
{
	return (const uintptr_t *)frame->rsp;
}

static inline const uintptr_t *
arch_frame_arg(const struct trapframe *frame, unsigned i)
{
	const uint64_t *const args[] = { &frame->rdi, &frame->rsi, &frame->rdx,
	    &frame->rcx, &frame->r8, &frame->r9 };

	return i < 6 ? args[i] : (const uintptr_t *)frame->rsp + 1 + (i - 6);
}

#endif /* MACHINE_FRAME_H */
