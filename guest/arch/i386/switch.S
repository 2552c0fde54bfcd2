/*
 * i386: context switch, non-local jump, calls by convention.
 */
#include "asm.h"

	.text

/* void arch_switch(uintptr_t *from, uintptr_t to) */
	FUNC	arch_switch
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	.irp	reg, ebp, ebx, esi, edi
	pushl	%\reg
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %\reg, 0
	.endr
	movl	%esp, (%eax)
	movl	%edx, %esp
	.globl	arch_switched
arch_switched:				/* where others wait, for debuggers */
	.irp	reg, edi, esi, ebx, ebp
	popl	%\reg
	.cfi_adjust_cfa_offset -4
	.cfi_restore %\reg
	.endr
	ret
	END

/* First return of a new thread: fn in ebx, arg in esi (arch_stack_init). */
	FUNC	thread_begin
	.cfi_undefined %eip
	nop				/* debuggers look for a call here */
	.globl thread_entry
thread_entry:
	xorl	%ebp, %ebp
	subl	$8, %esp
	pushl	%esi
	pushl	%ebx
	pushl	$0			/* no caller: the backtrace ends */
	jmp	thread_start
	END

/* int arch_setjmp(struct jmpbuf *) */
	FUNC	arch_setjmp
	movl	4(%esp), %ecx
	movl	%ebx, 0(%ecx)
	movl	%esi, 4(%ecx)
	movl	%edi, 8(%ecx)
	movl	%ebp, 12(%ecx)
	leal	4(%esp), %eax		/* as after our return */
	movl	%eax, 16(%ecx)
	movl	(%esp), %eax
	movl	%eax, 20(%ecx)
	xorl	%eax, %eax
	ret
	END

/* void arch_longjmp(struct jmpbuf *) */
	FUNC	arch_longjmp
	movl	4(%esp), %ecx
	movl	0(%ecx), %ebx
	movl	4(%ecx), %esi
	movl	8(%ecx), %edi
	movl	12(%ecx), %ebp
	movl	16(%ecx), %esp
	.cfi_def_cfa %esp, 0
	.cfi_escape 0x10, 8, 2, 0x71, 20	/* eip at 20(%ecx) */
	movl	$1, %eax
	jmp	*20(%ecx)
	END

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * CALL_NATIVE: every word on the stack.  CALL_REGPARM3: the first three in
 * eax, edx, ecx, the rest on the stack.
 */
	FUNC	arch_call
	pushl	%ebp
	.cfi_def_cfa_offset 8
	.cfi_offset %ebp, -8
	movl	%esp, %ebp
	.cfi_def_cfa_register %ebp
	pushl	%ebx
	.cfi_offset %ebx, -12
	pushl	%esi
	.cfi_offset %esi, -16
	pushl	%edi
	.cfi_offset %edi, -20
	movl	12(%ebp), %esi		/* words */
	movl	16(%ebp), %edi		/* n */
	xorl	%ebx, %ebx		/* words in registers */
	cmpl	$0, 20(%ebp)
	je	1f
	movl	$3, %ebx
	cmpl	%ebx, %edi
	jae	1f
	movl	%edi, %ebx
1:	movl	%edi, %eax		/* keep esp 16-byte aligned */
	subl	%ebx, %eax
	shll	$2, %eax
	subl	%eax, %esp
	andl	$-16, %esp
	addl	%eax, %esp
2:	cmpl	%ebx, %edi
	jle	3f
	pushl	-4(%esi,%edi,4)
	decl	%edi
	jmp	2b
3:	movl	0(%esi), %eax
	movl	4(%esi), %edx
	movl	8(%esi), %ecx
	call	*8(%ebp)
	movl	24(%ebp), %ecx
	movl	%edx, (%ecx)
	leal	-12(%ebp), %esp
	.irp	reg, edi, esi, ebx, ebp
	popl	%\reg
	.cfi_restore %\reg
	.endr
	.cfi_def_cfa %esp, 4
	ret
	END
