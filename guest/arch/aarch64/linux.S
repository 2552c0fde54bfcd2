/*
 * aarch64: Linux objects have two nops where ftrace would be called, and call
 * nothing with a convention of its own.  alt_cb_patch_nops is only ever taken
 * as an address, by the table of code alternatives.
 */
#include "asm.h"
#include "export.h"

	.text
	FUNC	linux_alt_cb_patch_nops
	ret
	END

	EXPORT_ASM alt_cb_patch_nops, linux_alt_cb_patch_nops, linux_exports

	EXPORT_ASM __sw_hweight32, linux_hweight32, linux_exports
	EXPORT_ASM __sw_hweight64, linux_hweight64, linux_exports

	.data
	.balign	64
	.macro	DATA name, bytes
.Ldata_\name:
	.space	\bytes
	EXPORT_ASM \name, .Ldata_\name, linux_exports
	.endm
	DATA	cpu_number, 8
	DATA	__per_cpu_offset, 8
	DATA	gic_nonsecure_priorities, 64
	DATA	cpu_hwcaps, 64
	DATA	arm64_const_caps_ready, 64
