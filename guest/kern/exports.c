/*
 * What native modules may call: everything in <sys/systm.h>, <sys/thread.h>,
 * <sys/guard.h> and <sys/selftest.h>, and modctl.  What compilers call by
 * name is exported next to its definition.
 */
#include "defs.h"
#include "export.h"
#include <sys/selftest.h>

EXPORT(printf);
EXPORT(snprintf);
EXPORT(vsnprintf);
EXPORT(panic);

EXPORT(kmem_alloc);
EXPORT(kmem_zalloc);
EXPORT(kmem_free);
EXPORT(kmem_check);

EXPORT(memcpy);
EXPORT(memmove);
EXPORT(memset);
EXPORT(memcmp);
EXPORT(strlen);
EXPORT(strnlen);
EXPORT(strcmp);
EXPORT(strncmp);
EXPORT(strchr);
EXPORT(strlcpy);

EXPORT(nanouptime);

EXPORT(thread_create);
EXPORT(thread_exit);
EXPORT(thread_join);
EXPORT(thread_yield);
EXPORT(thread_self);
EXPORT(thread_id);
EXPORT(tsleep);
EXPORT(wakeup);
EXPORT(delay);
EXPORT(mutex_init);
EXPORT(mutex_enter);
EXPORT(mutex_exit);
EXPORT(mutex_owned);

EXPORT(guard_call);
EXPORT(modctl);

EXPORT(cpu_undefined);
EXPORT(cpu_breakpoint);
EXPORT(cpu_syscall);
EXPORT(cpu_divide);
