/*
 * aarch64: instructions that trap, for the self-tests (<sys/selftest.h>).
 * Division by zero does not: it gives zero.
 */
#include "export.h"

	.text
	.globl cpu_undefined
cpu_undefined:
	udf	#0
	ret
	.globl cpu_breakpoint
cpu_breakpoint:
	brk	#0
	ret
	.globl cpu_syscall
cpu_syscall:
	svc	#0
	ret
	.globl cpu_divide
cpu_divide:
	sdiv	w0, w0, w1
	ret

	EXPORT_ASM cpu_undefined, cpu_undefined, exports
	EXPORT_ASM cpu_breakpoint, cpu_breakpoint, exports
	EXPORT_ASM cpu_syscall, cpu_syscall, exports
	EXPORT_ASM cpu_divide, cpu_divide, exports
