/*
 * amd64: context switch, non-local jump, calls by convention.
 */
#include "asm.h"

	.text

/* void arch_switch(uintptr_t *from, uintptr_t to) */
	FUNC	arch_switch
	.irp	reg, rbp, rbx, r12, r13, r14, r15
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %\reg, 0
	.endr
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	.globl	arch_switched
arch_switched:				/* where others wait, for debuggers */
	.irp	reg, r15, r14, r13, r12, rbx, rbp
	popq	%\reg
	.cfi_adjust_cfa_offset -8
	.cfi_restore %\reg
	.endr
	ret
	END

/* First return of a new thread: fn in rbx, arg in r12 (arch_stack_init). */
	FUNC	thread_begin
	.cfi_undefined %rip
	nop				/* debuggers look for a call here */
	.globl thread_entry
thread_entry:
	movq	%rbx, %rdi
	movq	%r12, %rsi
	xorl	%ebp, %ebp
	pushq	$0			/* no caller: the backtrace ends */
	jmp	thread_start
	END

/* int arch_setjmp(struct jmpbuf *) */
	FUNC	arch_setjmp
	movq	%rbx, 0(%rdi)
	movq	%rbp, 8(%rdi)
	movq	%r12, 16(%rdi)
	movq	%r13, 24(%rdi)
	movq	%r14, 32(%rdi)
	movq	%r15, 40(%rdi)
	leaq	8(%rsp), %rax		/* as after our return */
	movq	%rax, 48(%rdi)
	movq	(%rsp), %rax
	movq	%rax, 56(%rdi)
	xorl	%eax, %eax
	ret
	END

/* void arch_longjmp(struct jmpbuf *) */
	FUNC	arch_longjmp
	movq	0(%rdi), %rbx
	movq	8(%rdi), %rbp
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	48(%rdi), %rsp
	.cfi_def_cfa %rsp, 0
	.cfi_escape 0x10, 16, 2, 0x75, 56	/* rip at 56(%rdi) */
	movl	$1, %eax
	jmp	*56(%rdi)
	END

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * There is one convention: six words in registers, the rest on the stack.
 */
	FUNC	arch_call
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	%rbx
	.cfi_offset %rbx, -24
	pushq	%r12
	.cfi_offset %r12, -32
	pushq	%r13
	.cfi_offset %r13, -40
	pushq	%r8			/* high */
	movq	%rdi, %rbx
	movq	%rsi, %r12
	movl	%edx, %r13d
	subl	$6, %edx
	jle	2f
	testl	$1, %edx		/* keep the stack 16-byte aligned */
	jz	1f
	subq	$8, %rsp
1:	pushq	-8(%r12,%r13,8)
	decl	%r13d
	cmpl	$6, %r13d
	jg	1b
2:	movq	0(%r12), %rdi
	movq	8(%r12), %rsi
	movq	16(%r12), %rdx
	movq	24(%r12), %rcx
	movq	32(%r12), %r8
	movq	40(%r12), %r9
	xorl	%eax, %eax		/* no vector registers used */
	call	*%rbx
	movq	-32(%rbp), %r8
	movq	%rdx, (%r8)
	leaq	-24(%rbp), %rsp
	.irp	reg, r13, r12, rbx, rbp
	popq	%\reg
	.cfi_restore %\reg
	.endr
	.cfi_def_cfa %rsp, 8
	ret
	END
