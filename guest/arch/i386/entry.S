/*
 * i386: trap entry.  One stub per vector pushes what the CPU did not, then
 * the general registers; arch_trap(frame) in trap.c takes over.
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
	movl	%esp, %ebx
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%ebx
	call	arch_trap
	movl	%ebx, %esp
	popal
	addl	$8, %esp		/* vector, error */
	iretl

/* Where arch_frame_longjmp resumes: eax = struct jmpbuf *. */
	.globl frame_longjmp
frame_longjmp:
	pushl	%eax
	pushl	$0
	jmp	arch_longjmp
