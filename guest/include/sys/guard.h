/*
 * Guarded calls: run code so that a fault in it comes back as an error
 * instead of stopping the machine.  This is how the kernel runs a module's
 * init and fini.
 */
#ifndef SYS_GUARD_H
#define SYS_GUARD_H

#include <stdint.h>
#include <modbox/wire.h>

/*
 * Calls fn(arg).  Answers 0, or EFAULT when it faulted, or ETIMEDOUT when it
 * took longer than budget_ns of virtual time (0: no limit; a call within a
 * call never outlives the outer limit).  *oops, unless NULL, then says what
 * happened.  Mutexes that fn left locked are released either way.
 */
int	guard_call(void (*fn)(void *), void *arg, uint64_t budget_ns,
	    struct wire_oops *oops);

#endif /* SYS_GUARD_H */
