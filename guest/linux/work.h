/*
 * What timers, work and threads share: a module's function called in a thread
 * of the kernel's, and jiffies as a moment.
 */
#ifndef LINUX_WORK_H
#define LINUX_WORK_H

#include "linux.h"

#define LONG_MAX_LINUX	((long)(~0UL >> 1))

/* When jiffies will be that much, in nanouptime() terms; not before now. */
uint64_t jiffies_to_time(unsigned long jiffies);
/* Whoever sleeps in schedule() looks again. */
void	linux_wake(void);
/* Runs fn(arg), a module's, under a guard; a fault is a finding. */
void	linux_run(void (LINUX_REGPARM *fn)(void *), void *arg,
	    const char *what);

struct timer_list {
	struct timer_list	*next;
	struct timer_list	**at;	/* NULL: it is not armed */
	unsigned long		expires;
	void			(LINUX_REGPARM *function)(struct timer_list *);
	uint32_t		flags;
};

/* Answers whether it was armed before. */
bool	timer_set(struct timer_list *, unsigned long expires);
bool	timer_clear(struct timer_list *);
/* Waits until its function does not run. */
void	timer_settle(struct timer_list *);
/* Timers, work and threads of a module that goes. */
void	timers_gone(const struct module *);
void	work_gone(const struct module *);
void	kthreads_gone(const struct module *);
/* Those in memory that is freed: reported, and forgotten. */
void	timers_freed(uintptr_t start, size_t bytes, const void *caller);
void	work_freed(uintptr_t start, size_t bytes, const void *caller);
void	locks_freed(uintptr_t start, size_t bytes, const void *caller);

#endif /* LINUX_WORK_H */
