/*
 * amd64: what Linux objects call with conventions of their own.  __fentry__
 * is called at the start of each function and must keep every register;
 * functions end with a jump to __x86_return_thunk, and indirect calls go
 * through __x86_indirect_thunk_<register>.
 */
#include "asm.h"
#include "export.h"

	.text
	FUNC	linux_fentry
	ret
	END

	FUNC	linux_return_thunk
	ret
	END

	.irp	reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	FUNC	linux_indirect_thunk_\reg
	jmp	*%\reg
	END
	EXPORT_ASM __x86_indirect_thunk_\reg, linux_indirect_thunk_\reg, linux_exports
	.endr

	EXPORT_ASM __fentry__, linux_fentry, linux_exports
	EXPORT_ASM __x86_return_thunk, linux_return_thunk, linux_exports
