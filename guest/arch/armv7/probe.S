/*
 * armv7: instructions that trap, for the self-tests (<sys/selftest.h>).
 * Division by zero does not: it gives zero.
 */
#include "asm.h"
#include "export.h"

	.arm
	.macro	PROBE name
	EXPORT_ASM \name, \name, exports
	FUNC	\name
	.endm

	.text
	PROBE	cpu_undefined
	udf	#0
	bx	lr
	END
	PROBE	cpu_breakpoint
	bkpt	#0
	bx	lr
	END
	PROBE	cpu_syscall
	push	{r4, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset lr, -4
	svc	#0
	pop	{r4, pc}
	END
	PROBE	cpu_divide
	sdiv	r0, r0, r1
	bx	lr
	END
