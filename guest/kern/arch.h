/*
 * THE SEAM of the guest kernel: what guest/arch/<arch>/ supplies.  Nothing in
 * guest/kern asks which architecture it runs on; it calls these, and reads
 * the constants of <machine/param.h> (guest/arch/<arch>/include/machine):
 *
 *	PAGE_SIZE, KERNBASE	the kernel window: va = pa - RAM_PA + KERNBASE
 *	RAM_PA			physical address of the first byte of RAM
 *	DEVICES_VA		where the device pages are mapped
 *	GUARDED_START, _BYTES	where modules' blocks are mapped one by one, if
 *				checks are wanted (guest/check/heap.c)
 *	pte_t, LARGE_BYTES	a page table entry; what a large page spans
 *	LINUX_REGPARM		attribute of functions that Linux modules call
 *	MACHINE			the architecture's name, for people
 *	MACHINE_NX		1: data pages are not executable
 *
 * and of <machine/frame.h>: struct trapframe, struct jmpbuf, CFI_OUTERMOST().
 *
 * kernel.ld: defines the symbols declared in defs.h, keeps the linker sets
 * link_set_exports and link_set_linux_exports (wire.h says what they hold)
 * and bounds them with __start_ and __stop_ symbols.
 *
 * probe.S: the cpu_* functions of <sys/selftest.h>, exported.
 *
 * What the compiler calls by name is in C where C can write it: divdi.c has
 * 64-bit division, string.c memcpy and its like.  The rest, and what Linux
 * modules call with conventions of its own, is the architecture's; assembly
 * exports with EXPORT_ASM of export.h.
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
 * that page_init() and pmap_init() touch: the first pages after free_pa. */

/* trap.c: point the CPU at the vectors, set up what Linux modules expect
 * of the CPU (canary block behind gs, sp_el0 or TPIDRURO). */
void	arch_trap_init(void);

/* pmap.c: the page tables, for guest/kern/pmap.c.  Create allocates the
 * root; activate switches to it.  arch_pte answers the entry of the page at
 * va, making tables on the way if asked (NULL: no memory, or no table).
 * arch_pte_make knows PROT_* of wire.h and PROT_DEVICE; arch_pte_pa answers
 * 0 for an entry that maps nothing.  arch_map_large maps LARGE_BYTES,
 * writable and not executable. */
#define PROT_DEVICE	0x100
void	arch_pmap_create(void);
void	arch_pmap_activate(void);
void	arch_map_large(uintptr_t va, uint64_t pa);
pte_t	*arch_pte(uintptr_t va, bool make);
pte_t	arch_pte_make(uint64_t pa, unsigned prot);
uint64_t arch_pte_pa(pte_t);
void	arch_tlb_flush(uintptr_t va);
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

/* Trap frames; <machine/frame.h> has arch_frame_pc, _sp, _fp, _return,
 * _arg and _skip_trap inline.
 * Registers in the order of the host's description; answers how many. */
unsigned	arch_frame_regs(const struct trapframe *, uint64_t *);
/* Make the frame return into arch_longjmp(jb), with interrupts disabled: the
 * frame may stand on a stack that the next overflow needs. */
void		arch_frame_longjmp(struct trapframe *, struct jmpbuf *jb);
/* access.c: of how many bytes the load or store at the frame's pc is; 0: that
 * is not known. */
unsigned	arch_access_bytes(const struct trapframe *);
/* Names for printing, same order as arch_frame_regs. */
extern const char *const arch_reg_names[];

/* -- trap entry calls these, in guest/kern/trap.c. */

/* A fault or software trap: kind OOPS_*, and for page faults the address
 * and ACCESS_*; code is the raw syndrome.  Returns when the frame may be
 * resumed (it then leads to a guard), else panics. */
void	trap(struct trapframe *, unsigned kind, uintptr_t address,
	    unsigned access, uint64_t code);
/* An interrupt; reads INTC_PENDING itself.  May switch threads. */
void	interrupt(struct trapframe *);

#endif /* KERN_ARCH_H */
