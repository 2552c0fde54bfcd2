/*
 * amd64: from the machine's start to kmain.  The machine starts in 64-bit
 * mode with paging off at the physical address of _start, rdi = bootinfo.
 * Coarse tables (2 MiB pages: the first GiB at 0 and at KERNBASE) carry us to
 * C; arch_pmap_init replaces them.
 */
#include <machine/param.h>
#include "asm.h"

#define PA(sym)		(sym - KERNBASE)

	.section .text.boot, "ax"
	FUNC	_start
	.cfi_undefined %rip
	cli
	lgdt	PA(gdt_descriptor_low)
	movq	$PA(boot_pml4), %rax
	movq	%rax, %cr3
	movq	%cr4, %rax
	orq	$0x220, %rax		/* OSFXSR, PAE */
	movq	%rax, %cr4
	movl	$0xc0000080, %ecx	/* EFER */
	rdmsr
	orl	$0x900, %eax		/* LME, NXE */
	wrmsr
	movq	%cr0, %rax
	movl	$0x80010001, %edx	/* PG, WP, PE */
	orq	%rdx, %rax
	movq	%rax, %cr0
	movabsq	$high, %rax
	jmp	*%rax
high:
	lgdt	gdt_descriptor
	movq	$boot_stack_top, %rsp
	pushq	$0x08			/* kernel code */
	pushq	$1f
	lretq
1:
	movl	$0x10, %eax		/* kernel data */
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorl	%eax, %eax
	movw	%ax, %fs
	movw	%ax, %gs
	xorl	%ebp, %ebp		/* end of the frame chain */
	pushq	$0
	call	kmain
	ud2
	END

	.section .data
	.balign 16
	.globl gdt
gdt:
	.quad	0
	.quad	0x00af9a000000ffff	/* 0x08 code, long */
	.quad	0x00cf92000000ffff	/* 0x10 data */
	.quad	0, 0			/* 0x18 task state, by trap.c */
gdt_end:
gdt_descriptor:
	.word	gdt_end - gdt - 1
	.quad	gdt
gdt_descriptor_low:
	.word	gdt_end - gdt - 1
	.quad	PA(gdt)

	.balign 4096
boot_pml4:
	.quad	PA(boot_pdpt) + 3
	.fill	510, 8, 0
	.quad	PA(boot_pdpt) + 3
boot_pdpt:
	.quad	PA(boot_pd) + 3
	.fill	509, 8, 0
	.quad	PA(boot_pd) + 3		/* KERNBASE */
	.quad	0
boot_pd:
	.set	i, 0
	.rept	512
	.quad	(i << 21) + 0x83	/* present, writable, large */
	.set	i, i + 1
	.endr

	.section .bss
	.balign 4096
	.skip	16384
boot_stack_top:
