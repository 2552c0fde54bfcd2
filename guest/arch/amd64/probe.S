/*
 * amd64: instructions that trap, for the self-tests (<sys/selftest.h>).
 */
#include "export.h"

	.text
	.globl cpu_undefined
cpu_undefined:
	ud2
	ret
	.globl cpu_breakpoint
cpu_breakpoint:
	int3
	ret
	.globl cpu_syscall
cpu_syscall:
	int	$0x80
	ret
	.globl cpu_divide
cpu_divide:
	movl	%edi, %eax
	cltd
	idivl	%esi
	ret

	EXPORT_ASM cpu_undefined, cpu_undefined, exports
	EXPORT_ASM cpu_breakpoint, cpu_breakpoint, exports
	EXPORT_ASM cpu_syscall, cpu_syscall, exports
	EXPORT_ASM cpu_divide, cpu_divide, exports
