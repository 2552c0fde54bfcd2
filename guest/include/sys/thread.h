/*
 * Threads, sleeping and mutexes.  One CPU; threads are preempted by the
 * timer, on virtual time.
 */
#ifndef SYS_THREAD_H
#define SYS_THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* Name is copied; NULL when there is no memory. */
struct thread	*thread_create(const char *, void (*)(void *), void *);
void		thread_exit(void) __attribute__((__noreturn__));
void		thread_join(struct thread *);	/* frees the thread */
void		thread_yield(void);
struct thread	*thread_self(void);
uint32_t	thread_id(const struct thread *);

/*
 * Sleep until wakeup(channel), or the deadline in nanouptime() terms (0:
 * none).  Answers 0 or ETIMEDOUT.  Wake-ups can be spurious: test in a loop.
 * With interrupts disabled from the test until tsleep, none is lost.
 */
int	tsleep(const void *, uint64_t);
void	wakeup(const void *);
void	delay(uint64_t);			/* nanoseconds, asleep */

/* A mutex puts its waiters to sleep; the owner may not lock it again. */
struct mutex {
	struct thread	*mtx_owner;
	struct mutex	*mtx_next;	/* list of those the owner holds */
};

void	mutex_init(struct mutex *);
void	mutex_enter(struct mutex *);
void	mutex_exit(struct mutex *);
bool	mutex_owned(const struct mutex *);

#endif /* SYS_THREAD_H */
