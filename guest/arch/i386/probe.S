/*
 * i386: instructions that trap, for the self-tests (<sys/selftest.h>).
 */
#include "asm.h"
#include "export.h"

	.macro	PROBE name
	EXPORT_ASM \name, \name, exports
	FUNC	\name
	.endm

	.text
	PROBE	cpu_undefined
	ud2
	ret
	END
	PROBE	cpu_breakpoint
	int3
	ret
	END
	PROBE	cpu_syscall
	int	$0x80
	ret
	END
	PROBE	cpu_divide
	movl	4(%esp), %eax
	cltd
	idivl	8(%esp)
	ret
	END
