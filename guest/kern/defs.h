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
#include <sys/module.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include "arch.h"

struct module;

/* Linker script symbols (page aligned). */
extern char __text_start[], __text_end[];
extern char __rodata_start[], __rodata_end[];
extern char __data_start[], __kernel_end[];

#define KVA(pa)	((uintptr_t)((pa) - RAM_PA + KERNBASE))	/* RAM only */
#define KPA(va)	((uint64_t)((uintptr_t)(va) - KERNBASE) + RAM_PA)

/* main.c */
extern struct wire_bootinfo bootinfo;		/* a copy */
void	kmain(uintptr_t bootinfo_pa) __dead;

/* device.c: registers are at DEVICES_VA + WIRE_<device> + register. */
uint32_t device_read(uint32_t reg);
void	device_write(uint32_t reg, uint32_t value);
void	console_putc(int);
void	timer_arm(uint64_t deadline);
void	timer_disarm(void);

/* page.c: physical pages, and the allocator of the module area. */
void	page_init(void);
uint64_t page_alloc(void);			/* zeroed; 0 when none left */
void	page_free(uint64_t pa);
size_t	page_free_count(void);
/* A range of the module area with a guard page behind it, mapped to zeroed
 * pages with prot; 0 when there is no room. */
uintptr_t area_alloc(size_t bytes, unsigned prot);
void	area_protect(uintptr_t va, size_t bytes, unsigned prot);
void	area_free(uintptr_t va, size_t bytes);

/* kmem.c */
struct kmem_stats {
	size_t	blocks;
	size_t	bytes;
};
/* What a module owns; free gives it back. */
void	kmem_owned(const struct module *, struct kmem_stats *);
void	kmem_free_owned(const struct module *);
void	*kmem_alloc_for(const struct module *, size_t);
void	kmem_check(void);			/* panics on a corrupt heap */

/* thread.c: see <sys/thread.h> too. */
struct guard;
struct thread {
	uintptr_t	td_sp;			/* saved, when not running */
	uint32_t	td_id;
	uint32_t	td_state;		/* TD_* */
	const void	*td_channel;
	uint64_t	td_deadline;		/* 0: none */
	bool		td_timedout;
	struct guard	*td_guard;		/* innermost, or NULL */
	struct mutex	*td_mutexes;		/* held */
	uintptr_t	td_stack;		/* lowest byte */
	struct thread	*td_next;		/* run queue or sleepers */
	struct thread	*td_all;		/* every thread */
	void		(*td_fn)(void *);
	char		td_name[32];
};
#define TD_READY	1
#define TD_RUNNING	2
#define TD_SLEEPING	3
#define TD_DEAD		4
#define STACK_BYTES	16384
extern struct thread *curthread, *allthreads;
void	thread_init(void);			/* kmain becomes thread 0, idle */
void	thread_start(void (*)(void *), void *) __dead;	/* from arch_switch */
void	thread_tick(void);			/* in a timer interrupt */
/* Ends the threads whose function lies in the module. */
void	thread_end_owned(const struct module *);

/* guard.c: run code so that a fault in it comes back here. */
struct guard {
	struct jmpbuf		g_env;
	struct guard		*g_outer;
	struct mutex		*g_mutexes;	/* held when entered */
	uint64_t		g_deadline;	/* watchdog, 0 none */
	struct wire_oops	*g_oops;	/* filled by the fault */
};
/* 0, or EFAULT (ETIMEDOUT for the watchdog) with *oops filled. */
int	guard_call(void (*fn)(void *), void *arg, uint64_t budget_ns,
	    struct wire_oops *oops);
/* In a trap: true when a guard took the fault. */
bool	guard_take(struct trapframe *, const struct wire_oops *);

/* oops.c */
void	oops_fill(struct wire_oops *, const struct trapframe *, unsigned kind,
	    uintptr_t address, unsigned access, uint64_t code);
void	oops_print(const struct wire_oops *);
bool	kernel_readable(uintptr_t va, size_t bytes);

/* ksyms.c: address to name, over the kernel and every module. */
struct ksyms_table {
	const struct wire_symtab *kt_symtab;
	const struct module	*kt_module;	/* NULL: kernel */
	uintptr_t		kt_low, kt_high;	/* addresses covered */
	struct ksyms_table	*kt_next;
};
void	ksyms_init(void);
void	ksyms_add(struct ksyms_table *);
void	ksyms_remove(struct ksyms_table *);
/* "name+0x14/0x20 [module]", or the bare address; answers buf. */
const char *ksyms_format(uintptr_t va, char *buf, size_t bytes);

/* command.c: the linker device, for the linker thread. */
int	command_open(uint32_t source, const char *name, uint64_t from,
	    uint64_t *object, void **manifest);
int	command_link(uint64_t object, uint32_t module, const uint64_t *bases,
	    unsigned n, void **linkinfo);
void	command_close(uint64_t object, uint32_t module, unsigned outcome);
void	command_done(void);			/* in an interrupt */

/* module.c: the module table. */
struct module {
	uint32_t		mod_id;
	uint32_t		mod_state;	/* MODULE_* below */
	char			*mod_name;
	uint32_t		mod_flavour, mod_class, mod_version;
	int32_t			mod_refcnt;	/* modules that hold it */
	uint32_t		mod_flags;
	uint64_t		mod_object;	/* host's handle */
	struct wire_manifest	*mod_manifest;
	struct wire_linkinfo	*mod_linkinfo;
	struct wire_segment	*mod_segments;	/* in the manifest */
	uint64_t		*mod_bases;	/* one per segment, 0 freed */
	struct module		**mod_holds;	/* what this one holds */
	unsigned		mod_nholds;
	unsigned		mod_inited;	/* set entries initialised */
	struct ksyms_table	mod_ksyms;
	struct module		*mod_next;
};
#define MODULE_COMING	1
#define MODULE_LIVE	2
#define MODULE_GOING	3
extern struct module *modules;
struct module *module_by_id(uint32_t);
struct module *module_by_name(const char *);
struct module *module_at(uintptr_t va);		/* owner of an address */
bool	module_contains(const struct module *, uintptr_t va);

/* load.c, unload.c: the linker thread's work. */
struct outcome {
	int		error;
	unsigned	stage;
	uint32_t	module;
	uint32_t	leaks;
	uint64_t	leaked_bytes;
	char		*reason;		/* kmem, or NULL */
	struct wire_oops *oops;			/* kmem, or NULL */
};
void	outcome_reason(struct outcome *, const char *, ...) __printflike(2, 3);
void	module_load(uint32_t source, const char *name, struct outcome *);
void	module_unload(struct module *, struct outcome *);

/* linker.c: the linker thread and its queue; the caller thread. */
void	linker_init(void);
void	linker_interrupt(void);			/* slots were posted */

#endif /* KERN_DEFS_H */
