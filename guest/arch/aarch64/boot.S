/*
 * aarch64: from the machine's start to kmain.  The machine starts at EL1h
 * with the MMU off at the physical address of _start, x0 = bootinfo.  Coarse
 * tables (1 GiB at RAM_PA in the lower half, 2 MiB blocks at KERNBASE in the
 * upper) carry us to C; arch_pmap_init replaces them.
 */
#include <machine/param.h>
#include "asm.h"

#define DELTA		(KERNBASE - RAM_PA)
#define PA(sym)		(sym - DELTA)
#define BLOCK		0x701		/* AF, inner shareable, attr 0, block */

	.section .text.boot, "ax"
	FUNC	_start
	.cfi_undefined x30
	msr	daifset, #0xf
	adrp	x1, boot_l0_low
	msr	ttbr0_el1, x1
	adrp	x1, boot_l0_high
	msr	ttbr1_el1, x1
	ldr	x1, =0x00ff		/* attr 0 normal, attr 1 device */
	msr	mair_el1, x1
	ldr	x1, =0x5b5103510	/* 48-bit halves, 4 KiB, write-back */
	msr	tcr_el1, x1
	isb
	mrs	x1, sctlr_el1
	ldr	x2, =0x1005		/* M, C, I */
	orr	x1, x1, x2
	msr	sctlr_el1, x1
	isb
	ldr	x1, =high
	br	x1
high:
	ldr	x1, =boot_stack_top
	mov	sp, x1
	mov	x29, #0			/* end of the frame chain */
	mov	x30, #0
	bl	kmain
	brk	#0
	END
	.ltorg

	.section .data
	.balign 4096
boot_l0_low:
	.quad	PA(boot_l1_low) + 3
	.fill	511, 8, 0
boot_l1_low:
	.quad	0
	.quad	0x40000000 + BLOCK
	.fill	510, 8, 0
boot_l0_high:
	.fill	256, 8, 0
	.quad	PA(boot_l1_high) + 3
	.fill	255, 8, 0
boot_l1_high:
	.quad	PA(boot_l2_high) + 3
	.fill	511, 8, 0
boot_l2_high:
	.fill	64, 8, 0
	.set	i, 0
	.rept	448
	.quad	0x40000000 + (i << 21) + BLOCK
	.set	i, i + 1
	.endr

	.section .bss
	.balign 4096
	.skip	16384
boot_stack_top:
