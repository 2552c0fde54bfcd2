/*
 * i386: from the machine's start to kmain.  The machine starts in protected
 * mode with paging off at the physical address of _start, eax = bootinfo.
 * A coarse directory (4 MiB pages: 16 MiB at 0, 896 MiB at KERNBASE) carries
 * us to C; arch_pmap_init replaces it.
 */
#include <machine/param.h>
#include "asm.h"

#define PA(sym)		(sym - KERNBASE)

	.section .text.boot, "ax"
	FUNC	_start
	.cfi_undefined %eip
	cli
	movl	%eax, %esi
	movl	$PA(boot_pd), %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	orl	$0x210, %eax		/* OSFXSR, PSE */
	movl	%eax, %cr4
	movl	%cr0, %eax
	orl	$0x80010001, %eax	/* PG, WP, PE */
	movl	%eax, %cr0
	movl	$high, %eax
	jmp	*%eax
high:
	lgdt	gdt_descriptor
	ljmp	$0x08, $1f		/* kernel code */
1:
	movl	$0x10, %eax		/* kernel data */
	.irp	segment, ds, es, ss, fs, gs
	movw	%ax, %\segment
	.endr
	movl	$boot_stack_top, %esp
	xorl	%ebp, %ebp		/* end of the frame chain */
	subl	$8, %esp		/* 16-byte aligned at the call */
	pushl	%esi
	pushl	$0
	jmp	kmain
	END

	.section .data
	.balign 16
	.globl gdt
gdt:
	.quad	0
	.quad	0x00cf9a000000ffff	/* 0x08 code */
	.quad	0x00cf92000000ffff	/* 0x10 data */
	.quad	0, 0			/* 0x18, 0x20 task states, by trap.c */
gdt_end:
gdt_descriptor:
	.word	gdt_end - gdt - 1
	.long	gdt

	.balign 4096
boot_pd:
	.long	0x00000083, 0x00400083, 0x00800083, 0x00c00083
	.fill	764, 4, 0
	.set	i, 0
	.rept	224
	.long	(i << 22) + 0x83	/* present, writable, large */
	.set	i, i + 1
	.endr
	.fill	32, 4, 0

	.section .bss
	.balign 4096
	.skip	16384
boot_stack_top:
