/*
 * armv7: instructions that trap, for the self-tests (<sys/selftest.h>).
 * Division by zero does not: it gives zero.
 */
#include "export.h"

	.arm
	.macro	PROBE name
	.globl	\name
	EXPORT_ASM \name, \name, exports
\name:
	.endm

	.text
	PROBE	cpu_undefined
	udf	#0
	bx	lr
	PROBE	cpu_breakpoint
	bkpt	#0
	bx	lr
	PROBE	cpu_syscall
	push	{r4, lr}
	svc	#0
	pop	{r4, pc}
	PROBE	cpu_divide
	sdiv	r0, r0, r1
	bx	lr
