/*
 * aarch64: context switch, non-local jump, calls by convention.
 */
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
	.globl arch_switch
arch_switch:
	sub	sp, sp, #96
	SAVED	stp, sp
	mov	x2, sp
	str	x2, [x0]
	mov	sp, x1
	SAVED	ldp, sp
	add	sp, sp, #96
	ret

/* First return of a new thread: fn in x19, arg in x20 (arch_stack_init). */
	.globl thread_entry
thread_entry:
	mov	x0, x19
	mov	x1, x20
	mov	x29, #0
	mov	x30, #0			/* no caller: the backtrace ends */
	b	thread_start

/* int arch_setjmp(struct jmpbuf *) */
	.globl arch_setjmp
arch_setjmp:
	SAVED	stp, x0
	mov	x2, sp
	str	x2, [x0, #96]
	mov	x0, #0
	ret

/* void arch_longjmp(struct jmpbuf *) */
	.globl arch_longjmp
arch_longjmp:
	SAVED	ldp, x0
	ldr	x2, [x0, #96]
	mov	sp, x2
	mov	x0, #1
	ret

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * There is one convention: eight words in registers, the rest on the stack.
 */
	.globl arch_call
arch_call:
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
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
	ldp	x29, x30, [sp], #32
	ret
