/*
 * amd64: instructions that trap, for the self-tests (<sys/selftest.h>).
 */
#include "export.h"

	.macro	PROBE name
	.globl	\name
	EXPORT_ASM \name, \name, exports
\name:
	.endm

	.text
	PROBE	cpu_undefined
	ud2
	ret
	PROBE	cpu_breakpoint
	int3
	ret
	PROBE	cpu_syscall
	int	$0x80
	ret
	PROBE	cpu_divide
	movl	%edi, %eax
	cltd
	idivl	%esi
	ret
