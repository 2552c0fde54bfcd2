/*
 * i386: trap entry.  One stub per vector pushes what the CPU did not, then
 * the general registers; arch_trap(frame) in trap.c takes over.  A double
 * fault, for which there is no room on the stack, is a task instead.
 */
	.text
	.globl trap_stubs
	.balign 16
trap_stubs:				/* 16 bytes each, read by trap.c */
	.set	vector, 0
	.rept	256
	.balign 16
	.if (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21)
	.else
	pushl	$0
	.endif
	pushl	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	pushal
	cld
	leal	52(%esp), %eax
	movl	%eax, 12(%esp)		/* esp before the trap */
	movl	$arch_trap, %esi
call_handler:
	movl	%esp, %ebx
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%ebx
	call	*%esi
	movl	%ebx, %esp
	popal
	addl	$8, %esp		/* vector, error */
	iretl

/*
 * The task of double faults, on a stack of its own: the state of the task it
 * interrupted, as a trap would have left it, were there room; told as a page
 * fault, of a write to the stack.
 */
	.globl double_fault
double_fault:
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

/* Where arch_frame_longjmp resumes: eax = struct jmpbuf *. */
	.globl frame_longjmp
frame_longjmp:
	pushl	%eax
	pushl	$0
	jmp	arch_longjmp
