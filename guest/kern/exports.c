/*
 * What native modules may call: everything in <sys/systm.h>, <sys/thread.h>
 * and <sys/guard.h>, and modctl.  What compilers call by name, and what is
 * written in assembly, is exported next to its definition.
 */
#include "defs.h"
#include "export.h"

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
