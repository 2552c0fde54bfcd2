/*
 * aarch64: the vector table and trap entry.  Everything arrives at EL1 on
 * SP_EL1; arch_trap(frame, vector) in trap.c takes over.  A fault of a thread
 * that has used up its stack goes on on another one.
 */
#include "asm.h"
	.cfi_sections .eh_frame		/* which knows signal frames */

#define FRAME_BYTES	288
#define DWARF_PC	32

	.macro	VECTOR number
	.balign	0x80
	.if	\number == 4		/* a fault: maybe for want of stack */
	msr	tpidrro_el0, x0
	mov	x0, sp
	msr	tpidr_el0, x0
	sub	x0, x0, #FRAME_BYTES
	at	s1e1w, x0		/* could we write there? */
	isb
	mrs	x0, par_el1
	tbz	x0, #0, 1f
	adrp	x0, overflow_stack_end
	add	x0, x0, :lo12:overflow_stack_end
	mov	sp, x0			/* trap() does not come back */
1:	mrs	x0, tpidrro_el0
	.endif
	sub	sp, sp, #FRAME_BYTES
	stp	x0, x1, [sp, #0]
	.if	\number != 4
	add	x0, sp, #FRAME_BYTES
	msr	tpidr_el0, x0
	.endif
	mov	x1, #\number
	b	trap_common
	.endm

/* x2 to x29, in pairs, to or from the frame at sp */
	.macro	PAIRS op
	\op	x2, x3, [sp, #16]
	\op	x4, x5, [sp, #32]
	\op	x6, x7, [sp, #48]
	\op	x8, x9, [sp, #64]
	\op	x10, x11, [sp, #80]
	\op	x12, x13, [sp, #96]
	\op	x14, x15, [sp, #112]
	\op	x16, x17, [sp, #128]
	\op	x18, x19, [sp, #144]
	\op	x20, x21, [sp, #160]
	\op	x22, x23, [sp, #176]
	\op	x24, x25, [sp, #192]
	\op	x26, x27, [sp, #208]
	\op	x28, x29, [sp, #224]
	.endm

	.bss
	.balign	16
	.skip	8192
overflow_stack_end:

	.text
	.balign	0x800
	FUNC	trap_vectors		/* nothing is known until it is saved */
	.cfi_signal_frame
	.cfi_return_column DWARF_PC
	.cfi_undefined DWARF_PC
	.set	n, 0
	.rept	16
	VECTOR	n
	.set	n, n + 1
	.endr

trap_common:
	PAIRS	stp
	mrs	x2, tpidr_el0
	stp	x30, x2, [sp, #240]	/* lr, sp */
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [sp, #256]
	.cfi_def_cfa sp, FRAME_BYTES
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	.cfi_offset x\n, 8 * \n - FRAME_BYTES
	.endr
	.cfi_offset sp, 248 - FRAME_BYTES
	.cfi_offset DWARF_PC, 256 - FRAME_BYTES
	mrs	x2, esr_el1
	mrs	x3, far_el1
	stp	x2, x3, [sp, #272]
	mov	x0, sp
	bl	arch_trap
	ldp	x2, x3, [sp, #256]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x0, x1, [sp, #0]
	PAIRS	ldp
	ldr	x30, [sp, #240]
	add	sp, sp, #FRAME_BYTES
	.cfi_def_cfa_offset 0
	eret
	END
