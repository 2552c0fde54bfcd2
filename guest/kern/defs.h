/*
 * Functions and data shared between the files of guest/kern, under the name
 * of the file that defines them.
 */
#ifndef KERN_DEFS_H
#define KERN_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <modbox/wire.h>
#include <sys/errno.h>
#include <sys/guard.h>
#include <sys/module.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include "arch.h"

struct module;

/* Linker script symbols (page aligned). */
extern char __text_start[], __text_end[];
extern char __rodata_start[], __rodata_end[];
extern char __data_start[], __kernel_end[];

/* Modules are to be watched closely: see guest/check. */
#define CHECKS	((bootinfo.flags & BOOT_CHECKS) != 0)

/* The module area: module segments and thread stacks. */
#define MODULES_START	((uintptr_t)bootinfo.modules_start)
#define MODULES_END	((uintptr_t)bootinfo.modules_end)

#define KVA(pa)	((uintptr_t)((pa) - RAM_PA + KERNBASE))	/* RAM only */
#define KPA(va)	((uint64_t)((uintptr_t)(va) - KERNBASE) + RAM_PA)

/* main.c */
extern struct wire_bootinfo bootinfo;		/* a copy */
void	kmain(uintptr_t bootinfo_pa) __dead;

/* device.c: registers are at DEVICES_VA + WIRE_<device> + register. */
uint32_t device_read(uint32_t reg);
void	device_write(uint32_t reg, uint32_t value);
void	console_putc(int);
void	console_fresh_line(void);		/* unless at a line's start */
void	timer_arm(uint64_t deadline);		/* 0: disarm */

/* page.c: physical pages. */
void	page_init(void);
/* Contiguous, zeroed; 0: there are none. */
uint64_t page_alloc(size_t pages);
void	page_free(uint64_t pa, size_t pages);
size_t	page_free_count(void);

/* area.c: ranges of the module area, mapped to zeroed pages with prot, an
 * unmapped page on either side; 0 when there is no room. */
uintptr_t area_alloc(uint64_t bytes, uint64_t align, unsigned prot);
uintptr_t area_reserve(uint64_t bytes);		/* no pages: to fault in */
void	area_protect(uintptr_t va, size_t bytes, unsigned prot);
void	area_empty(uintptr_t va);	/* no pages any more, but the addresses */
void	area_free(uintptr_t va);

/* pmap.c */
void	pmap_init(void);
int	pmap_map(uintptr_t va, uint64_t pa, unsigned prot);	/* ENOMEM */
uint64_t pmap_unmap(uintptr_t va);	/* the page that was there, or 0 */
uint64_t pmap_extract(uintptr_t va);	/* page of RAM or a module, or 0 */

/* kmem.c */
/* Frees what a module owns; answers how many blocks that were, of which at
 * most room are described. */
unsigned kmem_free_owned(const struct module *, uint64_t *bytes,
	    struct wire_leak *, unsigned room);
/* A block for somebody (NULL: the kernel), whose payload is aligned to a power
 * of two; caller is kept for reports. */
void	*kmem_alloc_at(const struct module *, size_t, size_t align,
	    const void *caller);
size_t	kmem_size(const void *);		/* as it was asked for */
/* The kernel's own, whoever's call it serves: zeroed; NULL: no memory. */
void	*kernel_alloc(size_t);

/* guest/check/heap.c: blocks on pages of their own, which fault when they are
 * misused; NULL: there is no room, or no checks are wanted. */
void	heap_init(void);
bool	heap_has(uintptr_t va);			/* such a block, or where */
void	*heap_alloc(const struct module *owner, size_t, size_t align,
	    const void *caller);
void	heap_free(void *, const void *caller);
size_t	heap_size(const void *);
/* Adds to *bytes; else as kmem_free_owned. */
unsigned heap_free_owned(const struct module *, uint64_t *bytes,
	    struct wire_leak *, unsigned room);

/* guest/check/report.c: the record of a page fault that is about such a block
 * becomes one of OOPS_HEAP; the record of a misuse; what is told of it. */
void	heap_fault(struct wire_oops *);
void	heap_misuse(const char *class, const void *) __dead;
void	heap_fill_misuse(struct wire_oops *);
void	heap_describe(const struct wire_oops *, char *buf, size_t);
void	heap_print(const struct wire_oops *);

/* guest/check/gone.c: an area of a module that is given back. */
void	gone_add(const struct module *, uintptr_t start, size_t bytes,
	    bool init);
bool	gone_make_room(void);			/* addresses are short */
void	gone_forget(uintptr_t start, uintptr_t end); /* somebody is there */
const char *gone_at(uintptr_t va);		/* what was there, or NULL */

/* guest/check/stack.c: before and after a call into a module. */
void	stack_paint(void);
void	stack_measure(void);

/* string.c: see <sys/systm.h> too. */
size_t	strlcat(char *, const char *, size_t);

/* inject.c: whether a call of a module's that can fail is to fail now. */
struct fault_injection {
	uint32_t	nth;		/* the call to fail, 0 none */
	uint32_t	calls;		/* so far */
	uint64_t	caller;		/* of the call that was made to fail */
};
extern struct fault_injection fault_injection;
bool	inject_failure(const void *caller);

/* opaque.c: objects that nobody may look into; NULL: no room. */
void	*opaque_create(const char *what, void *data);
void	opaque_destroy(void *);
void	*opaque_data(const void *);
const char *opaque_what(uintptr_t va);		/* NULL: there is none */

/* finding.c: what is noticed of modules; the text is copied, kind is not. */
extern struct wire_findings findings;
void	finding_add(const char *kind, const void *caller, const void *address,
	    const char *text);

/* ledger.c: what modules have registered, by kind and address; without a
 * caller it is the kernel's own. */
void	ledger_add(const char *kind, const void *object, const char *name,
	    const void *caller);
/* For a function that is to be called later, caller is an address in it. */
void	ledger_add_owned(const char *kind, const void *object,
	    const struct module *, const void *caller);
bool	ledger_has(const char *kind, const void *object);
bool	ledger_take(const char *kind, const void *object); /* had it */
const void *ledger_named(const char *kind, const char *name);
/* One after another, the newest first, from NULL to NULL. */
const void *ledger_next(const char *kind, const void *after);
/* What a module that goes has left; answers how many, of which at most room
 * are described. */
unsigned ledger_drop_owned(const struct module *, struct wire_leak *,
	    unsigned room);

/* printf.c */
void	vprintf(const char *, va_list) __printflike(1, 0);

/* thread.c: see <sys/thread.h> too. */
struct guard;
struct thread {
	uintptr_t	td_sp;			/* saved, when not running */
	uint32_t	td_id;
	const void	*td_channel;
	uint64_t	td_deadline;		/* 0: none */
	bool		td_dead;
	struct guard	*td_guard;		/* innermost, or NULL */
	struct module	*td_module;		/* whose code it was sent into */
	struct mutex	*td_mutexes;		/* held */
	struct held	*td_held;		/* Linux's locks */
	bool		td_atomic;		/* runs a timer of Linux's */
	uintptr_t	td_stack;		/* lowest byte */
	uintptr_t	td_painted;		/* where paint ends, or 0 */
	unsigned	td_depth;		/* most that was used of it */
	struct thread	*td_next;		/* run queue or sleepers */
	struct thread	*td_all;		/* every thread */
	void		(*td_fn)(void *);
	char		td_name[32];
};
#define STACK_BYTES	16384
/* Where arch_switch to a new thread leads. */
void	thread_start(void (*)(void *), void *) __dead;
struct thread *thread_by_id(uint32_t);
/* Ends the threads whose function lies in the module. */
void	thread_end_owned(const struct module *);
void	thread_end(struct thread *);		/* another one */

/* sched.c; interrupts are disabled around all of these. */
extern struct thread *curthread, *allthreads;
void	thread_ready(struct thread *);		/* to the run queue's end */
void	thread_forget(struct thread *);		/* it will not run again */
/* Runs whoever is next; the current thread is where it belongs. */
void	thread_switch(void);
void	thread_idle(void) __dead;		/* what thread 0 does */
void	thread_tick(void);			/* in a timer interrupt */
void	thread_preempt(void);			/* at an interrupt's end */
void	thread_timer(void);			/* arm it for what is next */
/* Deadlines, of which 0 means never: whether a is before b. */
bool	earlier(uint64_t a, uint64_t b);

/* mutex.c: the thread gives up what it took after down_to; interrupts are
 * disabled. */
void	mutex_release(struct thread *, const struct mutex *down_to);

/* trap.c */
extern bool interrupting;			/* inside interrupt() */

/* guard.c: see <sys/guard.h>. */
struct guard {
	struct jmpbuf		g_env;
	struct guard		*g_outer;
	struct mutex		*g_mutexes;	/* held when entered */
	struct held		*g_held;	/* likewise */
	uint64_t		g_deadline;	/* watchdog, 0 none */
	unsigned		g_intr;		/* for arch_intr_restore */
	struct wire_oops	*g_oops;	/* filled by a fault */
};
/* A guarded call into the module's code, which owns what it allocates. */
int	guard_module(struct module *, void (*fn)(void *), void *arg,
	    uint64_t budget_ns, struct wire_oops *);
/* When the watchdog bites this thread; 0: never. */
uint64_t guard_deadline(const struct thread *);
/* The thread's guards, which were set aside, take up again: the time since
 * does not count. */
void	guard_resume(struct guard *innermost, uint64_t since);
/* In a trap: true when a guard took the fault. */
bool	guard_take(struct trapframe *, const struct wire_oops *);
/* Outside a trap, there being a guard: as a fault of the code that called
 * the kernel. */
void	guard_throw(unsigned kind) __dead;

/* panic.c: panic() because the caller of a kernel function misused it:
 * contained when there is a guard. */
void	panic_caller(const char *, ...) __printflike(1, 2) __dead;
extern char panic_message[256];			/* of the last panic */

/* oops.c */
/* To the next frame of the chain; false at its end. */
bool	frame_caller(uintptr_t *pc, uintptr_t *fp);
void	oops_fill(struct wire_oops *, const struct trapframe *, unsigned kind,
	    uintptr_t address, unsigned access, uint64_t code);
/* The record of a fault without a trap frame: the pc is where the kernel
 * was called, from a module if there is one in the chain of callers. */
void	oops_fill_call(struct wire_oops *, unsigned kind);
/* "page fault: read of 0x18 at f+0x4/0x8 [m]"; answers buf. */
const char *oops_describe(const struct wire_oops *, char *buf, size_t);
void	oops_print(const struct wire_oops *);
void	oops_print_frames(const struct wire_oops *);

/* ksyms.c: "name+0x14/0x20 [module]" for the instruction at va, or for the
 * call that returns there, or the bare address; answers buf. */
#define KSYMS_TEXT	128
const char *ksyms_format(uintptr_t va, bool returns, char *buf, size_t);

/* command.c: the linker device, for the linker thread.  Blobs are kmem. */
int	command_open(uint32_t source, const char *name, uint64_t from,
	    uint64_t *object, struct wire_manifest **manifest);
int	command_link(struct module *);		/* fetches the linkinfo */
void	command_close(uint64_t object, uint32_t module, unsigned outcome);
void	command_done(void);			/* in an interrupt */

/* module.c: the module table. */
struct hold {
	struct module		*module;
	struct hold		*next;
};
struct module {
	uint32_t		mod_id;
	uint32_t		mod_state;	/* MODULE_* below */
	const char		*mod_name;	/* in the manifest */
	int32_t			mod_refcnt;	/* modules that hold it */
	int32_t			mod_calls;	/* calls that run in it */
	uint64_t		mod_object;	/* host's handle */
	struct wire_manifest	*mod_manifest;
	struct wire_linkinfo	*mod_linkinfo;	/* once linked */
	unsigned		mod_nsegments;
	const struct wire_segment *mod_segments;	/* in the manifest */
	uint64_t		*mod_bases;	/* one per segment, 0 none */
	struct hold		*mod_holds;	/* what this one holds */
	uintptr_t		mod_missing;	/* missing symbols, or 0 */
	unsigned		mod_met;	/* requirements it holds */
	unsigned		mod_inited;	/* set entries initialised */
	const struct wire_symtab *mod_symtab;	/* in the linkinfo, or NULL */
	struct module		*mod_next;	/* in loading order */
};
#define MODULE_COMING	1
#define MODULE_LIVE	2
#define MODULE_GOING	3
extern struct module *modules;
/* Enters the object as a coming module, and takes over the manifest. */
struct module *module_create(uint64_t object, struct wire_manifest *);
/* Undoes whatever there is of it; counts what it still owned. */
struct outcome;
void	module_destroy(struct module *, unsigned close, struct outcome *);
int	module_hold(struct module *, struct module *held);
bool	module_holds(const struct module *, const struct module *held);
struct module *module_by_id(uint32_t);
struct module *module_by_name(const char *);
struct module *module_at(uintptr_t va);		/* owner of an address */
bool	module_contains(const struct module *, uintptr_t va);
/* The missing symbol that an address stands for, and who wants it; or NULL. */
const char *module_missing(uintptr_t va, const struct module **wanted_by);
/* Whose call a function serves that returns there: when the call was a
 * module's last deed it was made as a jump, and leaves no trace. */
struct module *module_calling(const void *return_address);

/* outcome.c: how a request ended, and why. */
struct outcome {
	int		error;
	unsigned	stage;
	uint32_t	module;
	unsigned	leaks;			/* blocks of the heap */
	uint64_t	leaked_bytes;
	struct wire_leak *left;			/* kmem, or NULL */
	unsigned	nleft;			/* of them; blocks too */
	unsigned	unlisted;		/* others */
	unsigned	stack;			/* most that its code used */
	char		*reason;		/* kmem, or NULL */
	struct wire_oops *oops;			/* kmem, or NULL */
};
/* Records a failure; answers error. */
int	outcome_fail(struct outcome *, unsigned stage, int error,
	    const char *, ...) __printflike(4, 5);
int	outcome_no_memory(struct outcome *);
/* The same for a guarded call that faulted: also prints and keeps the oops. */
int	outcome_oops(struct outcome *, unsigned stage, int error,
	    const struct wire_oops *, const char *what);
void	outcome_clear(struct outcome *);

/* init.c: a module's own code, guarded, by flavour. */
int	module_init(struct module *, struct outcome *);
/* EBUSY and the like: it refused, and stays.  A fault does not stop it. */
int	module_fini(struct module *, struct outcome *);
/* Runs fn, which calls the module's code; a fault goes to the outcome. */
int	module_run(struct module *, void (*fn)(void *), void *arg,
	    unsigned stage, const char *what, struct outcome *);
/* EPROGMISMATCH, unless it may run on this kernel. */
int	version_check(const char *name, uint32_t version, struct outcome *);

/* ctors.c: fill the slots of indirect functions; constructors; destructors.
 * A fault ends the list and goes to the outcome. */
int	module_resolve(struct module *, struct outcome *);
int	module_construct(struct module *, struct outcome *);
int	module_destruct(struct module *, struct outcome *);

/* place.c: allocate; link, protect, add the symbols; free init memory, live. */
int	module_place(struct module *, struct outcome *);
int	module_link(struct module *, struct outcome *);
void	module_settle(struct module *);

/* load.c, unload.c: the linker thread's work. */
int	module_load(uint32_t source, const char *name, struct outcome *);
int	module_unload(struct module *, struct outcome *);

/* guest/linux: before the first Linux module. */
void	linux_prepare(void);
/* Jiffies follow the clock while a Linux module's code runs. */
void	linux_tick(void);
uint64_t linux_tick_due(void);
/* The thread gives up what it took after down_to; tell: it should have. */
struct held;
void	locks_release(struct thread *, const struct held *down_to, bool tell);
/* A trap by WARN(): told, and the frame goes on behind it. */
bool	linux_bug(struct trapframe *);
/* What BUG() at that place says, or NULL. */
const char *linux_bug_text(uintptr_t pc);
/* Timers, work and threads of a module that goes: they are in the ledger. */
void	linux_module_gone(const struct module *);
/* With checks: locks, timers and work that lay in freed memory. */
void	linux_memory_freed(uintptr_t start, size_t bytes, const void *caller);

/* linker.c: the linker thread and its queue; the caller thread. */
void	linker_init(void);
void	linker_interrupt(void);			/* slots were posted */
/* From another thread: queue, and wait for the answer. */
int	linker_request(unsigned op, const char *name);

#endif /* KERN_DEFS_H */
