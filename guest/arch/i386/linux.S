/*
 * i386: what Linux objects call with conventions of their own.  __fentry__ is
 * called at the start of each function and must keep every register; indirect
 * calls go through __x86_indirect_thunk_<register>.
 */
#include "export.h"

	.text
	.globl linux_fentry
linux_fentry:
	ret

	.irp	reg, eax, ebx, ecx, edx, esi, edi, ebp
linux_indirect_thunk_\reg:
	jmp	*%\reg
	EXPORT_ASM __x86_indirect_thunk_\reg, linux_indirect_thunk_\reg, linux_exports
	.endr

	EXPORT_ASM __fentry__, linux_fentry, linux_exports
