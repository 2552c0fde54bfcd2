/*
 * aarch64: instructions that trap, for the self-tests (<sys/selftest.h>).
 * Division by zero does not: it gives zero.
 */
#include "export.h"

	.macro	PROBE name
	.globl	\name
	EXPORT_ASM \name, \name, exports
\name:
	.endm

	.text
	PROBE	cpu_undefined
	udf	#0
	ret
	PROBE	cpu_breakpoint
	brk	#0
	ret
	PROBE	cpu_syscall
	svc	#0
	ret
	PROBE	cpu_divide
	sdiv	w0, w0, w1
	ret
