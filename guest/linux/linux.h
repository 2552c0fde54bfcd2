/*
 * What the files of guest/linux share: how a function gets its Linux name and
 * convention, Linux's error numbers and flags, and the parts of Linux's
 * structures that modules and the kernel both touch.  Layouts are those of
 * Debian's 6.1 kernels; where they differ between architectures the numbers
 * are in <machine/linux.h>.
 */
#ifndef LINUX_LINUX_H
#define LINUX_LINUX_H

/* Linux's prototypes have what a machine with one CPU has no use for. */
#pragma clang diagnostic ignored "-Wunused-parameter"

#include "defs.h"
#include "export.h"
#include <machine/linux.h>
#ifdef LINUX_QSPINLOCK
#include "qspinlock.h"
#endif

/*
 * LINUX(type, name, (parameters)) { ... } defines the function that Linux
 * modules call by that name; LINUX_GPL only for modules under the GPL, as in
 * the Module.symvers of Debian's kernels.  Variadic functions take everything
 * on the stack even on i386, so they have macros of their own.
 */
#define LINUX_IN(set, attribute, type, name, parameters)		\
	static type attribute linux_##name parameters;			\
	EXPORT_IN(set, #name, linux_##name);				\
	static type attribute						\
	linux_##name parameters

#define LINUX(type, name, parameters)					\
	LINUX_IN(linux_exports, LINUX_REGPARM, type, name, parameters)
#define LINUX_GPL(type, name, parameters)				\
	LINUX_IN(linux_gpl_exports, LINUX_REGPARM, type, name, parameters)
#define LINUX_VARIADIC(type, name, parameters)				\
	LINUX_IN(linux_exports, , type, name, parameters)
#define LINUX_GPL_VARIADIC(type, name, parameters)			\
	LINUX_IN(linux_gpl_exports, , type, name, parameters)

/* Data by its own name: EXPORT_LINUX("name", variable) of export.h. */

/* Who called the exported function that this stands in. */
#define CALLER	__builtin_return_address(0)

/* Linux's error numbers that are not those of <sys/errno.h>. */
#define L_EINTR		4
#define L_E2BIG		7
#define L_EAGAIN	11
#define L_ENODEV	19
#define L_ERANGE	34
#define L_ENAMETOOLONG	36
#define L_ENOSYS	38
#define L_ENODATA	61
#define L_EOVERFLOW	75
#define L_EOPNOTSUPP	95
#define L_ETIMEDOUT	110
#define L_ENOTSUPP	524

static inline void *
err_ptr(int error)
{
	return (void *)(intptr_t)error;
}

static inline bool
is_err(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)-4095;
}

/* Allocation flags. */
typedef unsigned gfp_t;
#define GFP_ZERO		0x100U
#define GFP_DIRECT_RECLAIM	0x400U	/* may sleep */

struct list_head {
	struct list_head *next, *prev;
};

static inline void
list_init(struct list_head *l)
{
	l->next = l->prev = l;
}

static inline bool
list_empty(const struct list_head *l)
{
	return l->next == l;
}

static inline void
list_add_tail(struct list_head *new, struct list_head *head)
{
	new->next = head;
	new->prev = head->prev;
	head->prev->next = new;
	head->prev = new;
}

static inline void
list_del(struct list_head *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

#define container_of(p, type, member)					\
	((type *)((char *)(p) - offsetof(type, member)))

/* memory.c: for the module that called; NULL when there is none left, or
 * when the call is to fail (inject.c).  Zero bytes are a block too. */
void	*linux_alloc(size_t, gfp_t, const void *caller);
void	*linux_alloc_aligned(size_t, size_t align, gfp_t, const void *caller);
void	linux_free(const void *);
struct kmem_cache;
void	*linux_cache_alloc(struct kmem_cache *, gfp_t, const void *caller);
void	linux_cache_free(struct kmem_cache *, void *);

/* printf.c: Linux's formats. */
int	linux_format(char *, size_t, const char *, va_list);
void	linux_print(const char *, va_list);

/*
 * registry.c: what modules register, in the ledger (kern/ledger.c).  Adding
 * answers 0, -EBUSY when it is there already, or -ENOMEM when the call is to
 * fail; whatever is removed without having been added is reported.  Create
 * and destroy are the same for objects that the kernel makes: zeroed, NULL
 * when the call is to fail.
 */
int	registry_add(const char *kind, const void *object, const char *name,
	    const void *caller);
bool	registry_remove(const char *kind, const void *object,
	    const void *caller);
void	*registry_create(const char *kind, size_t, const char *name,
	    const void *caller);
void	registry_destroy(const char *kind, void *, const void *caller);

/* The same for structures that are not modelled: opaque (kern/opaque.c), or
 * an error as a pointer. */
void	*registry_opaque(const char *kind, const char *name,
	    const void *caller);
void	registry_destroy_opaque(const char *kind, void *, const void *caller);

/* Ends the module's call as a use of something that nobody has: Linux would do
 * here what this kernel does not. */
void	unmodelled(const char *what) __dead;

/* Functions that only register or take back their first argument: the machine
 * has no devices, so nothing else comes of it. */
#define REGISTERS(kind, name)							LINUX(int, name, (void *object))					{										return registry_add(kind, object, NULL, CALLER);		}
#define REGISTERS_GPL(kind, name)						LINUX_GPL(int, name, (void *object))					{										return registry_add(kind, object, NULL, CALLER);		}
#define UNREGISTERS(kind, name)							LINUX(int, name, (void *object))					{										(void)registry_remove(kind, object, CALLER);				return 0;							}
#define UNREGISTERS_GPL(kind, name)						LINUX_GPL(int, name, (void *object))					{										(void)registry_remove(kind, object, CALLER);				return 0;							}

/* numbers.c: the digits of at most so many characters in a base, 0 for what
 * the prefix says; answers where they end. */
const char *linux_digits(const char *, unsigned base, size_t most,
	    uint64_t *value, bool *overflow);
/* hex.c: what a digit is worth, -1 for none. */
int	linux_hex_digit(char);
/* bits.c: how many bits are set. */
unsigned linux_hweight32(uint32_t);
unsigned long linux_hweight64(uint64_t);
/* random.c: the next number. */
uint64_t linux_random(void);

/* Both of them. */
#define KEEPS(kind, register, unregister)				\
	REGISTERS(kind, register)					\
	UNREGISTERS(kind, unregister)
#define KEEPS_GPL(kind, register, unregister)				\
	REGISTERS_GPL(kind, register)					\
	UNREGISTERS_GPL(kind, unregister)

/* A chain of notifiers: one that is not in it is not found, and no more. */
#define NOTIFIES_IN(define, kind, register, unregister)			\
	define(int, register, (void *notifier))				\
	{								\
		return registry_add(kind, notifier, NULL, CALLER);	\
	}								\
	define(int, unregister, (void *notifier))			\
	{								\
		return ledger_take(kind, notifier) ? 0 : -ENOENT;	\
	}
#define NOTIFIES(kind, register, unregister)				\
	NOTIFIES_IN(LINUX, kind, register, unregister)
#define NOTIFIES_GPL(kind, register, unregister)			\
	NOTIFIES_IN(LINUX_GPL, kind, register, unregister)

/* report.c: something that Linux would print with WARN() or BUG(). */
void	linux_warn(const void *caller, const char *, ...) __printflike(2, 3);

/* locks.c */
/* A function that may sleep was called where that is forbidden: reported. */
void	might_sleep(const void *caller, const char *function);

/* time.c */
#define LINUX_HZ	250
#define TICK_NS		(1000000000U / LINUX_HZ)
extern volatile unsigned long linux_jiffies;

#endif /* LINUX_LINUX_H */
