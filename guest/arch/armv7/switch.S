/*
 * armv7: context switch, non-local jump, calls by convention.
 */
#include "asm.h"

	.arm
	.text

/* void arch_switch(uintptr_t *from, uintptr_t to) */
	FUNC	arch_switch
	push	{r3-r11, lr}		/* r3 keeps sp 8-byte aligned */
	.cfi_def_cfa_offset 40
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11
	.cfi_offset r\n, 4 * \n - 52
	.endr
	.cfi_offset lr, -4
	str	sp, [r0]
	mov	sp, r1
	.globl	arch_switched
arch_switched:				/* where others wait, for debuggers */
	pop	{r3-r11, pc}
	END

/* First return of a new thread: fn in r4, arg in r5 (arch_stack_init). */
	FUNC	thread_begin
	.cfi_undefined lr
	nop				/* debuggers look for a call here */
	.globl thread_entry
thread_entry:
	mov	r0, r4
	mov	r1, r5
	mov	r11, #0
	mov	lr, #0			/* no caller: the backtrace ends */
	b	thread_start
	END

/* int arch_setjmp(struct jmpbuf *) */
	FUNC	arch_setjmp
	stm	r0, {r4-r11}
	str	sp, [r0, #32]
	str	lr, [r0, #36]
	mov	r0, #0
	bx	lr
	END

/* void arch_longjmp(struct jmpbuf *) */
	FUNC	arch_longjmp
	ldm	r0, {r4-r11}
	ldr	sp, [r0, #32]
	ldr	lr, [r0, #36]
	mov	r0, #1
	bx	lr
	END

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * There is one convention: four words in registers, the rest on the stack.
 */
	FUNC	arch_call
	push	{r4, r5, r11, lr}
	.cfi_def_cfa_offset 16
	.cfi_offset lr, -4
	.cfi_offset r11, -8
	.cfi_offset r5, -12
	.cfi_offset r4, -16
	mov	r11, sp
	.cfi_def_cfa_register r11
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
	.cfi_def_cfa_register sp
	pop	{r4, r5, r11, pc}
	END
