/*
 * i386: context switch, non-local jump, calls by convention.
 */
	.text

/* void arch_switch(uintptr_t *from, uintptr_t to) */
	.globl arch_switch
arch_switch:
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	.irp	reg, ebp, ebx, esi, edi
	pushl	%\reg
	.endr
	movl	%esp, (%eax)
	movl	%edx, %esp
	.irp	reg, edi, esi, ebx, ebp
	popl	%\reg
	.endr
	ret

/* First return of a new thread: fn in ebx, arg in esi (arch_stack_init). */
	.globl thread_entry
thread_entry:
	xorl	%ebp, %ebp
	subl	$8, %esp
	pushl	%esi
	pushl	%ebx
	pushl	$0			/* no caller: the backtrace ends */
	jmp	thread_start

/* int arch_setjmp(struct jmpbuf *) */
	.globl arch_setjmp
arch_setjmp:
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

/* void arch_longjmp(struct jmpbuf *) */
	.globl arch_longjmp
arch_longjmp:
	movl	4(%esp), %ecx
	movl	0(%ecx), %ebx
	movl	4(%ecx), %esi
	movl	8(%ecx), %edi
	movl	12(%ecx), %ebp
	movl	16(%ecx), %esp
	movl	$1, %eax
	jmp	*20(%ecx)

/*
 * uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
 *     unsigned convention, uintptr_t *high)
 * CALL_NATIVE: every word on the stack.  CALL_REGPARM3: the first three in
 * eax, edx, ecx, the rest on the stack.
 */
	.globl arch_call
arch_call:
	pushl	%ebp
	movl	%esp, %ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
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
	.endr
	ret
