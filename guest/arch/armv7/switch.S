/*
 * armv7: context switch, non-local jump, calls by convention.
 */
	.arm
	.text

/* void arch_switch(uintptr_t *from, uintptr_t to) */
	.globl arch_switch
arch_switch:
	push	{r3-r11, lr}		/* r3 keeps sp 8-byte aligned */
	str	sp, [r0]
	mov	sp, r1
	pop	{r3-r11, pc}

/* First return of a new thread: fn in r4, arg in r5 (arch_stack_init). */
	.globl thread_entry
thread_entry:
	mov	r0, r4
	mov	r1, r5
	mov	r11, #0
	mov	lr, #0			/* no caller: the backtrace ends */
	b	thread_start

/* int arch_setjmp(struct jmpbuf *) */
	.globl arch_setjmp
arch_setjmp:
	stm	r0, {r4-r11}
	str	sp, [r0, #32]
	str	lr, [r0, #36]
	mov	r0, #0
	bx	lr

/* void arch_longjmp(struct jmpbuf *) */
	.globl arch_longjmp
arch_longjmp:
	ldm	r0, {r4-r11}
	ldr	sp, [r0, #32]
	ldr	lr, [r0, #36]
	mov	r0, #1
	bx	lr

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * There is one convention: four words in registers, the rest on the stack.
 */
	.globl arch_call
arch_call:
	push	{r4, r5, r11, lr}
	mov	r11, sp
	mov	r4, r0
	mov	r5, r1
	subs	r12, r2, #4
	ble	2f
	tst	r12, #1			/* keep sp 8-byte aligned */
	subne	sp, sp, #4
	add	r3, r5, r2, lsl #2
1:	ldr	r0, [r3, #-4]!
	push	{r0}
	subs	r12, r12, #1
	bne	1b
2:	ldm	r5, {r0-r3}
	blx	r4
	ldr	r12, [r11, #16]		/* high */
	str	r1, [r12]
	mov	sp, r11
	pop	{r4, r5, r11, pc}
