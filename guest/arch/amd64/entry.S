/*
 * amd64: trap entry.  One stub per vector pushes what the CPU did not, then
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
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap_common
	.set	vector, vector + 1
	.endr

trap_common:
	.irp	reg, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
	pushq	%\reg
	.endr
	cld
	movq	%rsp, %rdi
	movq	%rsp, %rbx
	andq	$-16, %rsp
	call	arch_trap
	movq	%rbx, %rsp
	.irp	reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	popq	%\reg
	.endr
	addq	$16, %rsp		/* vector, error */
	iretq
