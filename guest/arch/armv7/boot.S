/*
 * armv7: from the machine's start to kmain.  The machine starts in supervisor
 * mode with the MMU off at the physical address of _start, r0 = bootinfo.  A
 * coarse table (1 MiB sections: RAM at its own address and at KERNBASE)
 * carries us to C; arch_pmap_init replaces it.
 */
#include <machine/param.h>
#include "asm.h"

#define DELTA		(KERNBASE - RAM_PA)
#define PA(sym)		(sym - DELTA)
#define SECTION		0x40e		/* privileged, cacheable, section */

	.arm
	.section .text.boot, "ax"
	FUNC	_start
	.cfi_undefined lr
	cpsid	aif
	ldr	r1, =PA(boot_table)
	mcr	p15, 0, r1, c2, c0, 0	/* TTBR0 */
	mov	r1, #0
	mcr	p15, 0, r1, c2, c0, 2	/* TTBCR: TTBR0 for everything */
	mov	r1, #1
	mcr	p15, 0, r1, c3, c0, 0	/* DACR: domain 0 client */
	mrc	p15, 0, r1, c1, c0, 0	/* SCTLR */
	ldr	r2, =0x1005		/* M, C, I */
	orr	r1, r1, r2
	mcr	p15, 0, r1, c1, c0, 0
	isb
	ldr	r1, =high
	bx	r1
high:
	ldr	sp, =boot_stack_top
	mov	r11, #0			/* end of the frame chain */
	mov	lr, #0
	bl	kmain
	udf	#0
	END
	.ltorg

	.section .data
	.balign 16384
boot_table:
	.fill	1024, 4, 0
	.set	i, 0
	.rept	896
	.long	0x40000000 + (i << 20) + SECTION
	.set	i, i + 1
	.endr
	.fill	1152, 4, 0
	.set	i, 0
	.rept	896
	.long	0x40000000 + (i << 20) + SECTION
	.set	i, i + 1
	.endr
	.fill	128, 4, 0

	.section .bss
	.balign 4096
	.skip	16384
boot_stack_top:
