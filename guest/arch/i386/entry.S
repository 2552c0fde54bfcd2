/*
 * i386: trap entry.  One stub per vector pushes what the CPU did not, then
 * the general registers; arch_trap(frame) in trap.c takes over.  A double
 * fault, for which there is no room on the stack, is a task instead.
 */
#include "asm.h"
	.cfi_sections .eh_frame		/* which knows signal frames */

	.text
	.balign 16
	FUNC	trap_stubs		/* 16 bytes each, read by trap.c */
	.cfi_signal_frame
	.cfi_def_cfa %esp, 12		/* eip cs eflags */
	.cfi_offset %eip, -12
	.set	vector, 0
	.rept	256
	.balign 16
	.if (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21)
	.cfi_def_cfa_offset 16
	.else
	.cfi_def_cfa_offset 12
	pushl	$0
	.cfi_def_cfa_offset 16
	.endif
	pushl	$vector
	.cfi_def_cfa_offset 20
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	pushal
	.cfi_def_cfa_offset 52
	.cfi_offset %eax, -24
	.cfi_offset %ecx, -28
	.cfi_offset %edx, -32
	.cfi_offset %ebx, -36
	.cfi_offset %ebp, -44
	.cfi_offset %esi, -48
	.cfi_offset %edi, -52
	cld
	leal	52(%esp), %eax
	movl	%eax, 12(%esp)		/* esp before the trap */
	.cfi_offset %esp, -40
	movl	$arch_trap, %esi
call_handler:
	movl	%esp, %ebx
	.cfi_def_cfa_register %ebx
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%ebx
	call	*%esi
	movl	%ebx, %esp
	.cfi_def_cfa_register %esp
	popal
	.cfi_def_cfa_offset 20
	.irp	reg, eax, ecx, edx, ebx, esp, ebp, esi, edi
	.cfi_restore %\reg
	.endr
	addl	$8, %esp		/* vector, error */
	.cfi_def_cfa_offset 12
	iretl
	END

/*
 * The task of double faults, on a stack of its own: the state of the task it
 * interrupted, as a trap would have left it, were there room; told as a page
 * fault, of a write to the stack.
 */
	FUNC	double_fault
	.cfi_undefined %eip
	.irp	at, 36, 76, 32		/* eflags, cs, eip */
	pushl	task + \at
	.endr
	pushl	$2
	pushl	$14
	.irp	at, 40, 44, 48, 52, 56, 60, 64, 68	/* as pushal */
	pushl	task + \at
	.endr
	movl	$arch_double_fault, %esi
	jmp	call_handler
	END

/* Where arch_frame_longjmp resumes: eax = struct jmpbuf *. */
	FUNC	frame_longjmp
	.cfi_undefined %eip
	pushl	%eax
	pushl	$0
	jmp	arch_longjmp
	END
