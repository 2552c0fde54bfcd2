/*
 * i386: what Linux objects call with conventions of their own.  __fentry__ is
 * called at the start of each function and must keep every register; indirect
 * calls go through __x86_indirect_thunk_<register>.
 */
#include "asm.h"
#include "export.h"

	.text
	FUNC	linux_fentry
	ret
	END

	.irp	reg, eax, ebx, ecx, edx, esi, edi, ebp
	FUNC	linux_indirect_thunk_\reg
	jmp	*%\reg
	END
	EXPORT_ASM __x86_indirect_thunk_\reg, linux_indirect_thunk_\reg, linux_exports
	.endr

	EXPORT_ASM __fentry__, linux_fentry, linux_exports
