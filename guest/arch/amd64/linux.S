/*
 * amd64: what Linux objects call with conventions of their own.  __fentry__
 * is called at the start of each function and must keep every register;
 * functions end with a jump to __x86_return_thunk, and indirect calls go
 * through __x86_indirect_thunk_<register>.
 */
#include "export.h"

	.text
	.globl linux_fentry
linux_fentry:
	ret

	.globl linux_return_thunk
linux_return_thunk:
	ret

	.macro	THUNK reg
linux_indirect_thunk_\reg:
	jmp	*%\reg
	EXPORT_ASM __x86_indirect_thunk_\reg, linux_indirect_thunk_\reg, linux_exports
	.endm

	THUNK	rax
	THUNK	rbx
	THUNK	rcx
	THUNK	rdx
	THUNK	rsi
	THUNK	rdi
	THUNK	rbp
	THUNK	r8
	THUNK	r9
	THUNK	r10
	THUNK	r11
	THUNK	r12
	THUNK	r13
	THUNK	r14
	THUNK	r15

	EXPORT_ASM __fentry__, linux_fentry, linux_exports
	EXPORT_ASM __x86_return_thunk, linux_return_thunk, linux_exports
