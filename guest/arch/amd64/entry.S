/*
 * amd64: trap entry.  One stub per vector pushes what the CPU did not, then
 * the general registers; arch_trap(frame) in trap.c takes over.
 */
#include "asm.h"
	.cfi_sections .eh_frame		/* which knows signal frames */

	.text
	.balign 16
	FUNC	trap_stubs		/* 16 bytes each, read by trap.c */
	.cfi_signal_frame
	.cfi_def_cfa %rsp, 40		/* rip cs rflags rsp ss */
	.cfi_offset %rip, -40
	.cfi_offset %rsp, -16
	.set	vector, 0
	.rept	256
	.balign 16
	.if (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21)
	.cfi_def_cfa_offset 48
	.else
	.cfi_def_cfa_offset 40
	pushq	$0
	.cfi_def_cfa_offset 48
	.endif
	pushq	$vector
	.cfi_def_cfa_offset 56
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	.irp	reg, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %\reg, 0
	.endr
	cld
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	.cfi_def_cfa_register %rbx
	andq	$-16, %rsp
	call	arch_trap
	movq	%rbx, %rsp
	.cfi_def_cfa_register %rsp
	.irp	reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	popq	%\reg
	.cfi_adjust_cfa_offset -8
	.cfi_restore %\reg
	.endr
	addq	$16, %rsp		/* vector, error */
	.cfi_adjust_cfa_offset -16
	iretq
	END
