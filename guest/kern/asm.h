/*
 * Functions in assembly, for debuggers too: FUNC and END enclose one, and
 * .cfi directives between them say where the caller's registers are, which
 * is in .debug_frame and never in memory.
 */
	.cfi_sections .debug_frame

	.macro	FUNC name
	.globl	\name
\name:
	.cfi_startproc
	.endm

	.macro	END
	.cfi_endproc
	.endm
