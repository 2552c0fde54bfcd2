/*
 * THE SEAM of the guest kernel: what guest/arch/<arch>/ supplies.  Nothing in
 * guest/kern asks which architecture it runs on; it calls these, and reads
 * the constants of <machine/param.h> (guest/arch/<arch>/include/machine):
 *
 *	PAGE_SIZE, KERNBASE	the kernel window: va = pa - RAM_PA + KERNBASE
 *	RAM_PA			physical address of the first byte of RAM
 *	MODULES_START, _END	virtual area of module segments
 *	DEVICES_VA		where the device pages are mapped
 *	LINUX_REGPARM		attribute of functions that Linux modules call
 *	MACHINE			the architecture's name, for people
 *	MACHINE_NX		1: data pages are not executable
 *
 * and of <machine/frame.h>: struct trapframe, struct jmpbuf.
 *
 * kernel.ld: defines the symbols declared in defs.h, keeps the linker sets
 * link_set_exports and link_set_linux_exports (wire.h says what they hold)
 * and bounds them with __start_ and __stop_ symbols.
 *
 * probe.S: the cpu_* functions of <sys/selftest.h>; exports.c exports them.
 *
 * libcalls.S: what the compiler calls by name on this architecture and C
 * cannot write.  In C there are (guest/kern/divdi.c) udivmod64, sdivmod64,
 * __udivdi3, __umoddi3, __divdi3, __moddi3, __udivmoddi4, __divmoddi4, and
 * (string.c) memcpy, memmove, memset, memcmp.  armv7 wraps them under their
 * EABI names, __aeabi_uldivmod and the rest, and exports these with
 * EXPORT_ASM of export.h; so does linux.S with what only Linux modules call.
 */
#ifndef KERN_ARCH_H
#define KERN_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <machine/param.h>
#include <machine/frame.h>

/* -- boot.S calls kmain(bootinfo pa) on the boot stack, traps not set up and
 * interrupts disabled.  Its page tables map the kernel window over the RAM
 * that page_init() and arch_pmap_init() touch: the first pages after free_pa. */

/* trap.c: point the CPU at the vectors, set up what Linux modules expect
 * of the CPU (canary block behind gs, sp_el0 or TPIDRURO). */
void	arch_trap_init(void);

/* pmap.c: build the kernel's own page tables: window with text read-only,
 * rodata read-only, data and the rest not executable (where the CPU can say
 * so), devices, page 0 unmapped; then switch to them.  Table pages come from
 * page_alloc(). */
void	arch_pmap_init(void);

/* Map one page in the module area; replaces a mapping that is there.
 * prot is PROT_* of wire.h.  Answers 0 or ENOMEM.  The TLB is right after. */
int	arch_map(uintptr_t va, uint64_t pa, unsigned prot);
void	arch_unmap(uintptr_t va);
/* The physical page at va, or 0. */
uint64_t arch_extract(uintptr_t va);
/* After instructions were written at va. */
void	arch_icache_sync(uintptr_t va, size_t bytes);

/* Interrupts: disable answers what restore wants back. */
unsigned	arch_intr_disable(void);
void		arch_intr_restore(unsigned);
void		arch_intr_enable(void);
/* Enable interrupts and wait for one; returns with them disabled. */
void		arch_idle(void);

/* switch.S: save callee-saved registers on the stack, store sp in *from,
 * take sp from to, restore.  arch_stack_init lays out a stack so that the
 * first switch to it calls thread_start(fn, arg) with interrupts disabled. */
void		arch_switch(uintptr_t *from, uintptr_t to);
uintptr_t	arch_stack_init(uintptr_t top, void (*fn)(void *), void *arg);

/* jmp.S: as setjmp and longjmp(…, 1), for faults contained by a guard. */
int	arch_setjmp(struct jmpbuf *) __attribute__((__returns_twice__));
void	arch_longjmp(struct jmpbuf *) __attribute__((__noreturn__));

/* call.S: call va with words laid out for the convention (CALL_*); the
 * second result word goes to *high. */
uintptr_t arch_call(uintptr_t va, const uintptr_t *words, unsigned n,
	    unsigned convention, uintptr_t *high);

/* Trap frames. */
uintptr_t	arch_frame_pc(const struct trapframe *);
uintptr_t	arch_frame_sp(const struct trapframe *);
/* Registers in the order of the host's description; answers how many. */
unsigned	arch_frame_regs(const struct trapframe *, uint64_t *);
/* Make the frame return into arch_longjmp(jb). */
void		arch_frame_longjmp(struct trapframe *, struct jmpbuf *jb);
/* Names for printing, same order as arch_frame_regs. */
extern const char *const arch_reg_names[];
/* Frame pointer chain: the caller of (*pc, *fp), false at the end.  Start
 * with arch_frame_fp.  reads only addresses where kernel_readable() holds. */
uintptr_t	arch_frame_fp(const struct trapframe *);
bool		arch_caller(uintptr_t *pc, uintptr_t *fp);

/* -- trap entry calls these, in guest/kern/trap.c. */

/* A fault or software trap: kind OOPS_*, and for page faults the address
 * and ACCESS_*; code is the raw syndrome.  Returns when the frame may be
 * resumed (it then leads to a guard), else panics. */
void	trap(struct trapframe *, unsigned kind, uintptr_t address,
	    unsigned access, uint64_t code);
/* An interrupt; reads INTC_PENDING itself.  May switch threads. */
void	interrupt(struct trapframe *);

#endif /* KERN_ARCH_H */
