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
