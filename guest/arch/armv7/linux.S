/*
 * armv7: what Linux objects call with conventions of their own.  A function
 * begins with push {lr}; bl __gnu_mcount_nc, and the callee must pop that lr.
 * __aeabi_unwind_cpp_pr0 is only named by relocations of type R_ARM_NONE.
 */
#include "asm.h"
#include "export.h"

	.arm
	.text
	FUNC	linux_gnu_mcount_nc
	.cfi_def_cfa_offset 4
	mov	ip, lr
	.cfi_register lr, ip
	pop	{lr}
	.cfi_def_cfa_offset 0
	bx	ip
	END

	FUNC	linux_unwind_cpp_pr
	bx	lr
	END

	EXPORT_ASM __gnu_mcount_nc, linux_gnu_mcount_nc, linux_exports
	EXPORT_ASM __aeabi_unwind_cpp_pr0, linux_unwind_cpp_pr, linux_exports
	EXPORT_ASM __aeabi_unwind_cpp_pr1, linux_unwind_cpp_pr, linux_exports
