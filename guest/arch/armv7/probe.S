/*
 * armv7: instructions that trap, for the self-tests (<sys/selftest.h>).
 * Division by zero does not: it gives zero.
 */
#include "export.h"

	.arm
	.text
	.globl cpu_undefined
cpu_undefined:
	udf	#0
	bx	lr
	.globl cpu_breakpoint
cpu_breakpoint:
	bkpt	#0
	bx	lr
	.globl cpu_syscall
cpu_syscall:
	push	{r4, lr}
	svc	#0
	pop	{r4, pc}
	.globl cpu_divide
cpu_divide:
	sdiv	r0, r0, r1
	bx	lr

	EXPORT_ASM cpu_undefined, cpu_undefined, exports
	EXPORT_ASM cpu_breakpoint, cpu_breakpoint, exports
	EXPORT_ASM cpu_syscall, cpu_syscall, exports
	EXPORT_ASM cpu_divide, cpu_divide, exports
