/*
 * armv7: the vector table and trap entry.  Each exception arrives in a mode
 * of its own; srs stores its return state on the supervisor stack, and all of
 * them go on in supervisor mode to arch_trap(frame) in trap.c.  A data abort
 * of a thread that has used up its stack goes on on another one.
 */
#include <machine/frame.h>
#include "asm.h"
	.cfi_sections .eh_frame		/* which knows signal frames */

#define MODE_SVC	0x13

/* Begins with the exception's own sp, from which nothing can be found. */
	.macro	EXCEPTION name
\name:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column pc
	.cfi_undefined pc
	.endm

/* The frame is at sp. */
	.macro	FRAME
	.cfi_def_cfa sp, 72
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	.cfi_offset r\n, 4 * \n - 72
	.endr
	.cfi_offset pc, -8
	.endm

	.macro	ENTER vector, adjust
	sub	lr, lr, #\adjust
	srsdb	sp!, #MODE_SVC		/* pc, cpsr */
	cps	#MODE_SVC
	sub	sp, sp, #64
	stm	sp, {r0-r12}
	FRAME
	mov	r1, #\vector
	b	trap_common
	END
	.endm

	.text
	.balign	32
	.globl	trap_vectors
	EXCEPTION trap_vectors
	b	.			/* reset */
	b	undefined
	b	svc
	b	prefetch
	b	data
	b	.			/* hypervisor */
	b	irq
	b	.			/* fiq */
	END

	EXCEPTION undefined
	ENTER	VECTOR_UNDEFINED, 0	/* trap.c knows ARM from Thumb */
	EXCEPTION svc
	ENTER	VECTOR_SVC, 0
	EXCEPTION prefetch
	ENTER	VECTOR_PREFETCH, 4
	EXCEPTION data
	mrs	sp, sp_svc		/* this mode's own sp is for use */
	mcr	p15, 0, sp, c13, c0, 2	/* TPIDRURW, for the frame */
	sub	sp, sp, #72
	mcr	p15, 0, sp, c7, c8, 1	/* ATS1CPW: could we write there? */
	isb
	mrc	p15, 0, sp, c7, c4, 0	/* PAR */
	tst	sp, #1
	ldrne	sp, =overflow_stack + 8192
	msrne	sp_svc, sp		/* trap() does not come back */
	ENTER	VECTOR_DATA, 8
	EXCEPTION irq
	ENTER	VECTOR_IRQ, 4

	EXCEPTION trap_common
	FRAME
	cmp	r1, #VECTOR_DATA
	addne	r0, sp, #72
	mrceq	p15, 0, r0, c13, c0, 2
	str	r0, [sp, #52]		/* sp */
	.cfi_offset sp, -20
	str	lr, [sp, #56]
	.cfi_offset lr, -16
	str	r1, [sp, #60]
	mov	r0, sp
	mov	r4, sp
	.cfi_def_cfa_register r4
	bic	sp, sp, #7
	bl	arch_trap
	mov	sp, r4
	.cfi_def_cfa_register sp
	ldr	lr, [sp, #56]
	ldm	sp, {r0-r12}
	add	sp, sp, #64
	.cfi_def_cfa_offset 8
	rfeia	sp!
	END
