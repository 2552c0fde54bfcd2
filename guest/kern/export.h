/*
 * The kernel's export list as linker sets, as wire.h describes it: native
 * modules are linked against link_set_exports, Linux modules against
 * link_set_linux_exports and, if their licence is compatible with the GPL,
 * link_set_linux_gpl_exports.  A name is in the set that Linux has it in.
 */
#ifndef KERN_EXPORT_H
#define KERN_EXPORT_H

#ifdef __ASSEMBLER__

/* EXPORT_ASM "name", symbol, exports (or linux_exports) */
.macro EXPORT_ASM name, symbol, set
	.pushsection .rodata.str, "aMS", %progbits, 1
.Lexport_name_\@:
	.asciz	"\name"
	.popsection
	.pushsection .rodata.exports, "a", %progbits
	.balign	8
.Lexport_\@:
	.dc.a	.Lexport_name_\@, \symbol
	.popsection
	.pushsection link_set_\set, "a", %progbits
	.balign	4
	.dc.a	.Lexport_\@
	.popsection
.endm

#else

struct kernel_export {
	const char	*name;
	const void	*address;
};

#define EXPORT_IN(set, text, symbol)					\
	static const struct kernel_export set##_##symbol = {		\
		.name = (text), .address = (const void *)&(symbol)	\
	};								\
	static const struct kernel_export *const set##_entry_##symbol	\
	    __section("link_set_" #set) __used = &set##_##symbol

#define EXPORT(symbol)	EXPORT_IN(exports, #symbol, symbol)
#define EXPORT_LINUX(text, symbol)					\
	EXPORT_IN(linux_exports, text, symbol)
#define EXPORT_LINUX_GPL(text, symbol)					\
	EXPORT_IN(linux_gpl_exports, text, symbol)

#endif

#endif /* KERN_EXPORT_H */
