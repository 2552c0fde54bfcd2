/*
 * i386: what entry.S pushes on a trap, and what arch_setjmp saves.  The CPU
 * pushes no stack pointer when the privilege stays: entry.S puts it where
 * pushal left its own, which popal skips.
 */
#ifndef MACHINE_FRAME_H
#define MACHINE_FRAME_H

#include <stddef.h>
#include <stdint.h>

struct trapframe {
	uint32_t edi, esi, ebp, esp;		/*  0 by pushal */
	uint32_t ebx, edx, ecx, eax;		/* 16 */
	uint32_t vector, error;			/* 32 */
	uint32_t eip, cs, eflags;		/* 40 by the CPU */
};

_Static_assert(offsetof(struct trapframe, vector) == 32, "entry.S");
_Static_assert(offsetof(struct trapframe, esp) == 12, "entry.S");
_Static_assert(sizeof(struct trapframe) == 52, "entry.S");

struct jmpbuf {
	uint32_t ebx, esi, edi, ebp;		/*  0 */
	uint32_t esp, eip;			/* 16 */
};

/* For debuggers: nobody called the function this stands in. */
#define CFI_OUTERMOST()	__asm volatile(".cfi_undefined %eip")

static inline uintptr_t
arch_frame_pc(const struct trapframe *frame)
{
	return frame->eip;
}

static inline uintptr_t
arch_frame_sp(const struct trapframe *frame)
{
	return frame->esp;
}

/* Head of the chain of {caller's frame pointer, return address}. */
static inline uintptr_t
arch_frame_fp(const struct trapframe *frame)
{
	return frame->ebp;
}

/* Go on behind the instruction by which Linux's WARN() and BUG() trap. */
static inline void
arch_frame_skip_trap(struct trapframe *frame)
{
	frame->eip += 2;
}

/* Where a function finds, when it has just been called, its return address,
 * and argument word i of Linux's convention. */
static inline const uintptr_t *
arch_frame_return(const struct trapframe *frame)
{
	return (const uintptr_t *)frame->esp;
}

static inline const uintptr_t *
arch_frame_arg(const struct trapframe *frame, unsigned i)
{
	const uint32_t *const args[] = { &frame->eax, &frame->edx,
	    &frame->ecx };

	return i < 3 ? (const uintptr_t *)args[i] :
	    (const uintptr_t *)frame->esp + 1 + (i - 3);
}

#endif /* MACHINE_FRAME_H */
