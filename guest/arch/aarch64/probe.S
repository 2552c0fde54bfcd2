/*
 * aarch64: instructions that trap, for the self-tests (<sys/selftest.h>).
 * Division by zero does not: it gives zero.
 */
#include "asm.h"
#include "export.h"

	.macro	PROBE name
	EXPORT_ASM \name, \name, exports
	FUNC	\name
	.endm

	.text
	PROBE	cpu_undefined
	udf	#0
	ret
	END
	PROBE	cpu_breakpoint
	brk	#0
	ret
	END
	PROBE	cpu_syscall
	svc	#0
	ret
	END
	PROBE	cpu_divide
	sdiv	w0, w0, w1
	ret
	END
