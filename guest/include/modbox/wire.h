/*
 * The binary interface between the guest kernel and the host: device
 * registers, boot information, request slots, linker commands, the blobs
 * they carry and the oops record.  This header is its only source; the
 * host's mirror is src/kernel/wire.ts, and test/wire.test.ts compiles this
 * file for every architecture and compares each constant, offset and size.
 *
 * Every field has a fixed width and its natural alignment, so the layout is
 * the same on 32- and 64-bit kernels.  "va" fields hold kernel virtual
 * addresses, which the devices translate through the live page tables;
 * "pa" fields hold physical addresses.
 */
#ifndef MODBOX_WIRE_H
#define MODBOX_WIRE_H

#include <stdint.h>

#define WIRE_MAGIC		0x786f62646f6dULL	/* "modbox" */
#define WIRE_VERSION		4

/*
 * Devices.  One 4 KiB page each, 32-bit registers, at the same physical
 * address on every architecture.
 */
#define WIRE_DEVICES_PA		0xf0000000U
#define WIRE_DEVICES_BYTES	0x5000

#define WIRE_CONSOLE		0x0000
#define CONSOLE_TX		0x00	/* write: one byte of output */

#define WIRE_INTC		0x1000
#define INTC_PENDING		0x00	/* read: interrupt lines up now */
#define INTC_ENABLE		0x04	/* lines allowed to interrupt */
#define INTC_TIMER		0x1
#define INTC_REQUEST		0x2	/* host posted a request slot */
#define INTC_COMMAND		0x4	/* linker command completed */

#define WIRE_TIMER		0x2000	/* virtual nanoseconds since power-on */
#define TIMER_NOW_LO		0x00	/* read latches NOW_HI */
#define TIMER_NOW_HI		0x04
#define TIMER_COMPARE_LO	0x08
#define TIMER_COMPARE_HI	0x0c	/* write arms, and lowers the line */
#define TIMER_DISARM		0x10	/* write disarms, and lowers the line */

#define WIRE_LINKER		0x3000
#define LINKER_MAILBOX		0x00	/* write pa of struct wire_mailbox */
#define LINKER_COMMAND		0x04	/* write pa of struct wire_command */
#define LINKER_ACK		0x08	/* write INTC_* bits: lower the lines */
#define LINKER_DONE		0x0c	/* write slot number: slot is DONE */

#define WIRE_POWER		0x4000
#define POWER_OFF		0x00	/* write exit status */
#define POWER_PANIC		0x04	/* write pa of NUL-terminated message */

/*
 * Boot information; its physical address is the boot argument.  With
 * BOOT_CHECKS modules are watched more closely than they can run fast: each
 * block of theirs gets pages of its own (guest/check), filled with the byte
 * BOOT_FILL when it is allocated.
 */
#define BOOT_CHECKS		0x1
#define BOOT_FILL_SHIFT		8
#define BOOT_FILL_MASK		0xff

struct wire_bootinfo {
	uint64_t magic;			/*  0 WIRE_MAGIC */
	uint32_t version;		/*  8 WIRE_VERSION */
	uint32_t flags;			/* 12 BOOT_*, fill << BOOT_FILL_SHIFT */
	uint64_t ram_pa;		/* 16 first byte of RAM */
	uint64_t ram_bytes;		/* 24 */
	uint64_t free_pa;		/* 32 first free byte, page aligned */
	uint64_t symbols_pa;		/* 40 struct wire_symtab of the kernel */
	uint64_t symbols_bytes;		/* 48 */
	uint64_t init_budget_ns;	/* 56 watchdog for init, fini, calls */
	uint64_t modules_start;		/* 64 the module area, page aligned */
	uint64_t modules_end;		/* 72 */
};					/* 80 */

/* A symbol table: header, symbols sorted by address, then names. */
struct wire_symbol {
	uint64_t address;		/*  0 */
	uint32_t size;			/*  8 bytes, 0 unknown */
	uint32_t name;			/* 12 offset in the names */
};					/* 16 */

struct wire_symtab {
	uint32_t count;			/*  0 symbols */
	uint32_t names;			/*  4 offset of the names from here */
	uint32_t bytes;			/*  8 whole table */
	uint32_t reserved;		/* 12 */
};					/* 16, then struct wire_symbol[count] */

/*
 * What the kernel offers to modules stands in its image.  Between the symbols
 * __start_link_set_exports and __stop_link_set_exports lies an array of
 * pointers, in the kernel's word size and linked to their final values, each
 * to a struct kernel_export { const char *name; const void *address; }.
 * Linux modules are linked against link_set_linux_exports instead, and those
 * under the GPL against link_set_linux_gpl_exports too.  See
 * guest/kern/export.h, which makes the entries.
 */

/*
 * Requests from the host to the linker thread (LOAD, UNLOAD) and to the
 * caller thread (CALL).  The host fills a FREE slot, sets POSTED and raises
 * INTC_REQUEST; the kernel sets ACTIVE, works, sets DONE and writes the
 * slot's number to LINKER_DONE; the host sets FREE.
 */
#define WIRE_SLOTS		8
#define WIRE_ARGS		16

#define SLOT_FREE		0
#define SLOT_POSTED		1
#define SLOT_ACTIVE		2
#define SLOT_DONE		3

#define REQUEST_LOAD		1	/* arg[0] = source number */
#define REQUEST_UNLOAD		2	/* arg[0] = module id */
#define REQUEST_CALL		3	/* arg[] = words, see target */

#define CALL_NATIVE		0	/* the psABI's C convention */
#define CALL_REGPARM3		1	/* i386 Linux: first three in registers */

/* How far a load or unload got; names the place of a failure. */
#define STAGE_NONE		0
#define STAGE_POLICY		1	/* refused before anything was done */
#define STAGE_OPEN		2	/* the host could not read the object */
#define STAGE_REQUIRE		3	/* a required module did not load */
#define STAGE_MEMORY		4	/* no memory or address space */
#define STAGE_LINK		5	/* the host could not link */
#define STAGE_INIT		6	/* init returned an error or faulted */
#define STAGE_FINI		7	/* fini returned an error or faulted */
#define STAGE_CALL		8	/* a called function faulted */

/* What a module left behind: a block of the heap, or something registered. */
#define LEAK_NAME		40
#define LEAKS_LISTED		64

struct wire_leak {
	uint64_t kind_va;		/*  0 what was registered, 0: a block */
	uint64_t address;		/*  8 of the object */
	uint64_t caller_va;		/* 16 where the call returns to, or 0 */
	uint64_t bytes;			/* 24 of a block */
	char	 name[LEAK_NAME];	/* 32 of what was registered, or "" */
};					/* 72 */

struct wire_request {
	uint32_t state;			/*   0 SLOT_* */
	uint32_t op;			/*   4 REQUEST_* */
	uint64_t target_va;		/*   8 CALL: the function */
	uint32_t nargs;			/*  16 CALL: words in arg[] */
	uint32_t convention;		/*  20 CALL_* */
	uint64_t arg[WIRE_ARGS];	/*  24 */
	/* Answer. */
	int32_t error;			/* 152 0 or errno */
	uint32_t stage;			/* 156 STAGE_* */
	uint32_t module;		/* 160 id of the module, 0 none */
	uint32_t leaks;			/* 164 blocks the module still owned */
	uint64_t result[2];		/* 168 CALL: return words, low first */
	uint64_t reason_va;		/* 184 text of the reason, or 0 */
	uint32_t reason_bytes;		/* 192 */
	uint32_t faulted;		/* 196 1: oops_va is filled */
	uint64_t oops_va;		/* 200 struct wire_oops, or 0 */
	uint64_t leaked_bytes;		/* 208 */
	uint64_t left_va;		/* 216 struct wire_leak[], or 0 */
	uint32_t left;			/* 224 how many of them */
	uint32_t left_unlisted;		/* 228 for which there was no room */
	uint32_t stack_bytes;		/* 232 that it used, with BOOT_CHECKS */
	uint32_t reserved;		/* 236 */
};					/* 240 */

struct wire_mailbox {
	uint64_t magic;			/*  0 WIRE_MAGIC */
	uint32_t version;		/*  8 WIRE_VERSION */
	uint32_t slots;			/* 12 WIRE_SLOTS */
	struct wire_request slot[WIRE_SLOTS];	/* 16 */
};

/*
 * Commands from the linker thread to the host's linker.  The kernel fills
 * the block, writes its physical address to LINKER_COMMAND and sleeps until
 * INTC_COMMAND and done.
 */
#define COMMAND_OPEN		1
#define COMMAND_FETCH		2
#define COMMAND_LINK		3
#define COMMAND_CLOSE		4

#define FETCH_MANIFEST		1
#define FETCH_LINKINFO		2

/*
 * CLOSE comes before the memory is unmapped, so that the host can forget what
 * it translated of the code there.
 */
#define CLOSE_LIVE		1	/* initialised; init memory goes next */
#define CLOSE_FAILED		2	/* undone; all memory goes next */
#define CLOSE_UNLOADED		3	/* was live; all memory goes next */

struct wire_command {
	uint32_t op;			/*  0 COMMAND_* */
	int32_t error;			/*  4 answer: 0 or errno */
	uint32_t done;			/*  8 answer: 1 when complete */
	uint32_t what;			/* 12 FETCH_* or CLOSE_* */
	uint64_t object;		/* 16 handle; OPEN answers it */
	uint32_t source;		/* 24 OPEN: source number, 0 by name */
	uint32_t from;			/* 28 OPEN by name: asking handle, 0 */
	uint64_t buffer_va;		/* 32 OPEN name (no NUL), FETCH buffer,
					      LINK uint64_t base[segments] */
	uint64_t buffer_bytes;		/* 40 */
	uint64_t result;		/* 48 OPEN manifest bytes,
					      LINK linkinfo bytes */
	uint32_t module;		/* 56 LINK, CLOSE: module id */
	uint32_t reserved;		/* 60 */
	uint64_t missing_va;		/* 64 LINK: see struct wire_manifest */
};					/* 72 */

/*
 * A module may be loaded though nobody has some of the symbols that it uses.
 * Those get addresses where nothing is mapped, MISSING_STRIDE apart, so that a
 * use of one is a fault that names it.
 */
#define MISSING_STRIDE		4096

/*
 * The manifest answered by OPEN.  Offsets are from the blob's first byte;
 * names end in NUL.
 */
#define FLAVOUR_PLAIN		0	/* neither init nor metadata: a library */
#define FLAVOUR_NETBSD		1	/* link_set_modules */
#define FLAVOUR_LINUX		2	/* .gnu.linkonce.this_module */

#define SEGMENT_TEXT		0
#define SEGMENT_RODATA		1
#define SEGMENT_DATA		2
#define SEGMENT_INIT_TEXT	3
#define SEGMENT_INIT_RODATA	4
#define SEGMENT_INIT_DATA	5
#define SEGMENT_EXIT		6

#define PROT_READ		1
#define PROT_WRITE		2
#define PROT_EXEC		4

/*
 * Segments of a shared object keep their distances: they lie in one area,
 * which begins with the first of them.  Others are areas of their own.
 */
struct wire_segment {
	uint32_t kind;			/*  0 SEGMENT_* */
	uint32_t prot;			/*  4 PROT_* once linked */
	uint32_t disposable;		/*  8 1: unmapped after init */
	uint32_t area;			/* 12 number of the one that begins
					      its area, often itself */
	uint64_t bytes;			/* 16 */
	uint64_t align;			/* 24 power of two, of the area */
	uint64_t offset;		/* 32 from the start of its area */
	uint64_t area_bytes;		/* 40 of the area, if it begins one */
};					/* 48 */

struct wire_manifest {
	uint32_t bytes;			/*  0 whole blob */
	uint32_t flavour;		/*  4 FLAVOUR_* */
	uint32_t class;			/*  8 MODULE_CLASS_*, NetBSD */
	uint32_t version;		/* 12 mi_version, NetBSD */
	uint32_t name;			/* 16 offset of the module's name */
	uint32_t segments;		/* 20 offset of struct wire_segment[] */
	uint32_t segment_count;		/* 24 */
	uint32_t required;		/* 28 offset of uint32_t[] name offsets */
	uint32_t required_count;	/* 32 */
	uint32_t missing_count;		/* 36 symbols that may turn out so */
};					/* 40 */

/* What LINK answers. */
struct wire_set {
	uint32_t name;			/*  0 offset of "link_set_modules" */
	uint32_t reserved;		/*  4 */
	uint64_t start_va;		/*  8 first pointer */
	uint64_t stop_va;		/* 16 end */
};					/* 24 */

/*
 * Functions of the module that take nothing and answer nothing: an array of
 * pointers in its memory, in the word size of its architecture, called from
 * the first to the last or from the last to the first; or just one function.
 * Pointers that are 0 or all ones are skipped.
 */
#define ORDER_FORWARD		0
#define ORDER_BACKWARD		1
#define ORDER_ONE		2	/* start_va is the function itself */

struct wire_functions {
	uint64_t start_va;		/*  0 first pointer */
	uint64_t stop_va;		/*  8 end; 0 for ORDER_ONE */
	uint32_t order;			/* 16 ORDER_* */
	uint32_t reserved;		/* 20 */
};					/* 24 */

/*
 * A function that is chosen when the module is loaded: the word at slot_va,
 * which is writable, gets what the function at resolver_va answers.
 */
struct wire_ifunc {
	uint64_t resolver_va;		/*  0 Thumb: with bit 0 set */
	uint64_t slot_va;		/*  8 */
};					/* 16 */

/*
 * The functions stand in the order in which they are called: constructors
 * once all slots are filled and before init, destructors after fini.
 */
struct wire_linkinfo {
	uint32_t bytes;			/*  0 whole blob */
	uint32_t symtab;		/*  4 offset of struct wire_symtab */
	uint64_t init_va;		/*  8 Linux init_module, or 0 */
	uint64_t fini_va;		/* 16 Linux cleanup_module, or 0 */
	uint32_t sets;			/* 24 offset of struct wire_set[] */
	uint32_t set_count;		/* 28 */
	uint32_t uses;			/* 32 offset of uint32_t[] module ids */
	uint32_t use_count;		/* 36 modules whose symbols were used */
	uint32_t constructors;		/* 40 offset of struct wire_functions[] */
	uint32_t constructor_count;	/* 44 */
	uint32_t destructors;		/* 48 offset of struct wire_functions[] */
	uint32_t destructor_count;	/* 52 */
	uint32_t ifuncs;		/* 56 offset of struct wire_ifunc[] */
	uint32_t ifunc_count;		/* 60 */
	uint32_t missing;		/* 64 offset of uint32_t[] name offsets,
					      by place: missing_va first */
	uint32_t missing_count;		/* 68 */
	uint64_t bugs_va;		/* 72 Linux's __bug_table, or 0 */
	uint64_t bugs_bytes;		/* 80 */
};					/* 88 */

/*
 * What the kernel noticed of modules that is wrong but stops nobody, at the
 * kernel symbol "findings".  The host reads them, and sets count to zero.
 */
#define FINDINGS		32
#define FINDING_TEXT		160

struct wire_finding {
	uint64_t kind_va;		/*  0 a word for it */
	uint64_t caller_va;		/*  8 the call returns there, or 0 */
	uint64_t address;		/* 16 what it is about, or 0 */
	uint32_t module;		/* 24 id, 0 the kernel */
	uint32_t reserved;		/* 28 */
	char	 text[FINDING_TEXT];	/* 32 */
};					/* 192 */

struct wire_findings {
	uint32_t count;			/* 0 how many there were */
	uint32_t reserved;		/* 4 */
	struct wire_finding finding[FINDINGS];	/* 8 the first of them */
};					/* 6152 */

/*
 * A contained fault, as the kernel saw it.  regs[] holds the architecture's
 * general registers in the order of its description (gdb's order); frames[]
 * the return addresses, innermost first, starting with pc.  A jump to where no
 * code is leaves its caller as the second frame.
 */
#define OOPS_PAGE_FAULT		1	/* address and access are valid */
#define OOPS_UNDEFINED		2
#define OOPS_DIVIDE		3
#define OOPS_BREAKPOINT		4
#define OOPS_SVC		5
#define OOPS_ALIGNMENT		6
#define OOPS_PROTECTION		7	/* x86 #GP and the like */
#define OOPS_WATCHDOG		8	/* ran longer than init_budget_ns */
#define OOPS_PANIC		9	/* assertion in the kernel, by a module */
#define OOPS_OTHER		10
#define OOPS_MISSING_SYMBOL	11	/* used at address, as access says,
					   and nobody has it */
#define OOPS_HEAP		12	/* of a block that is told of below,
					   as text_va says; access 0: freed */
#define OOPS_FREED		13	/* used at address, as access says, in
					   what text_va says is gone */

#define ACCESS_READ		1
#define ACCESS_WRITE		2
#define ACCESS_EXEC		4

#define WIRE_OOPS_REGS		40
#define WIRE_OOPS_FRAMES	32
#define WIRE_OOPS_ARGS		4

struct wire_oops {
	uint32_t kind;			/*   0 OOPS_* */
	uint32_t module;		/*   4 id of the module at pc, 0 kernel */
	uint32_t thread;		/*   8 id */
	uint32_t access;		/*  12 ACCESS_* of a page fault */
	uint64_t pc;			/*  16 */
	uint64_t sp;			/*  24 */
	uint64_t address;		/*  32 faulting address */
	uint64_t code;			/*  40 raw error code or syndrome */
	uint32_t nregs;			/*  48 */
	uint32_t nframes;		/*  52 */
	uint64_t regs[WIRE_OOPS_REGS];	/*  56 */
	uint64_t frames[WIRE_OOPS_FRAMES];	/* 376 */
	uint64_t args[WIRE_OOPS_ARGS];	/* 632 first words that a missing
					      symbol was called with */
	uint64_t missing_va;		/* 664 its name, or 0 */
	uint64_t text_va;		/* 672 of OOPS_HEAP: its class, as KASAN
					   names it */
	uint64_t block_va;		/* 680 the block, 0 none */
	uint64_t block_bytes;		/* 688 */
	uint64_t allocated_va;		/* 696 the call returns there, or 0 */
	uint64_t freed_va;		/* 704 likewise */
	uint32_t access_bytes;		/* 712 of the access, 0 not known */
	uint32_t reserved;		/* 716 */
};					/* 720 */

#endif /* MODBOX_WIRE_H */
