/*
 * aarch64: context switch, non-local jump, calls by convention.
 */
#include "asm.h"

/* The registers a function must keep, x19 to x30, to or from base */
	.macro	SAVED op, base
	\op	x19, x20, [\base, #0]
	\op	x21, x22, [\base, #16]
	\op	x23, x24, [\base, #32]
	\op	x25, x26, [\base, #48]
	\op	x27, x28, [\base, #64]
	\op	x29, x30, [\base, #80]
	.endm

	.text

/* void arch_switch(uintptr_t *from, uintptr_t to) */
	FUNC	arch_switch
	sub	sp, sp, #96
	.cfi_def_cfa_offset 96
	SAVED	stp, sp
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	.cfi_offset x\n, 8 * (\n - 19) - 96
	.endr
	mov	x2, sp
	str	x2, [x0]
	mov	sp, x1
	.globl	arch_switched
arch_switched:				/* where others wait, for debuggers */
	SAVED	ldp, sp
	add	sp, sp, #96
	.cfi_def_cfa_offset 0
	ret
	END

/* First return of a new thread: fn in x19, arg in x20 (arch_stack_init). */
	FUNC	thread_begin
	.cfi_undefined x30
	nop				/* debuggers look for a call here */
	.globl thread_entry
thread_entry:
	mov	x0, x19
	mov	x1, x20
	mov	x29, #0
	mov	x30, #0			/* no caller: the backtrace ends */
	b	thread_start
	END

/* int arch_setjmp(struct jmpbuf *) */
	FUNC	arch_setjmp
	SAVED	stp, x0
	mov	x2, sp
	str	x2, [x0, #96]
	mov	x0, #0
	ret
	END

/* void arch_longjmp(struct jmpbuf *) */
	FUNC	arch_longjmp
	SAVED	ldp, x0
	ldr	x2, [x0, #96]
	mov	sp, x2
	mov	x0, #1
	ret
	END

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * There is one convention: eight words in registers, the rest on the stack.
 */
	FUNC	arch_call
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset x29, -32
	.cfi_offset x30, -24
	mov	x29, sp
	.cfi_def_cfa_register x29
	str	x4, [sp, #16]		/* high */
	mov	x9, x0
	mov	x10, x1
	subs	w11, w2, #8
	b.le	2f
	add	w12, w11, #1		/* keep sp 16-byte aligned */
	and	w12, w12, #~1
	sub	sp, sp, w12, uxtw #3
	add	x13, x10, #64
	mov	x14, sp
1:	ldr	x15, [x13], #8
	str	x15, [x14], #8
	subs	w11, w11, #1
	b.ne	1b
2:	ldp	x0, x1, [x10, #0]
	ldp	x2, x3, [x10, #16]
	ldp	x4, x5, [x10, #32]
	ldp	x6, x7, [x10, #48]
	blr	x9
	ldr	x9, [x29, #16]
	str	x1, [x9]
	mov	sp, x29
	.cfi_def_cfa_register sp
	ldp	x29, x30, [sp], #32
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
	END
