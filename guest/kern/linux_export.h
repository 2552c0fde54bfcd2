/*
 * For assembly: LINUX_EXPORT name, symbol adds to link_set_linux_exports, as
 * EXPORT_LINUX does in C: a pointer to struct kernel_export {name, address}.
 */
#if __SIZEOF_POINTER__ == 8
#define WORD	.quad
#else
#define WORD	.long
#endif

	.macro	LINUX_EXPORT name, symbol
	.pushsection .rodata
1000:	.asciz	"\name"
	.balign	__SIZEOF_POINTER__
1001:	WORD	1000b
	WORD	\symbol
	.popsection
	.pushsection link_set_linux_exports, "a"
	.balign	__SIZEOF_POINTER__
	WORD	1001b
	.popsection
	.endm
