/*
 * What Debian's Linux modules may call and C can provide, under the names and
 * with the convention Linux gives them.  Where a call has a convention all of
 * its own (__fentry__ and the like) it is in guest/arch/<arch>/linux.S.
 */
#include "defs.h"
#include "export.h"

/* The kernel's function of that name, called as Linux calls it. */
#define SAME(type, name, parameters, arguments)				\
	static type LINUX_REGPARM					\
	linux_##name parameters						\
	{								\
		return name arguments;					\
	}								\
	EXPORT_LINUX(#name, linux_##name)

SAME(void *, memcpy, (void *to, const void *from, size_t n), (to, from, n));
SAME(void *, memmove, (void *to, const void *from, size_t n), (to, from, n));
SAME(void *, memset, (void *to, int c, size_t n), (to, c, n));
SAME(int, memcmp, (const void *a, const void *b, size_t n), (a, b, n));
SAME(size_t, strlen, (const char *s), (s));
SAME(size_t, strnlen, (const char *s, size_t max), (s, max));
SAME(int, strcmp, (const char *a, const char *b), (a, b));
SAME(int, strncmp, (const char *a, const char *b, size_t n), (a, b, n));
SAME(char *, strchr, (const char *s, int c), (s, c));
SAME(size_t, strlcpy, (char *to, const char *from, size_t n), (to, from, n));

#define GFP_ZERO	0x100U		/* ___GFP_ZERO of Linux 6.1 */

static void * LINUX_REGPARM
linux_kmalloc(size_t n, unsigned flags)
{
	void *p = kmem_alloc_for(
	    module_calling(__builtin_return_address(0)), n);

	return p != NULL && flags & GFP_ZERO ? memset(p, 0, n) : p;
}

static void LINUX_REGPARM
linux_kfree(void *p)
{
	kmem_free(p);
}

/* Variadic, so on the stack even on i386.  \001 and a digit are the level. */
static int __printflike(1, 2)
linux_printk(const char *fmt, ...)
{
	va_list ap;

	if (fmt[0] == '\001' && fmt[1] != '\0')
		fmt += 2;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	return 0;
}

static void __dead
linux_stack_chk_fail(void)
{
	panic_caller("a module's stack is overwritten");
}

EXPORT_LINUX("__kmalloc", linux_kmalloc);
EXPORT_LINUX("kfree", linux_kfree);
EXPORT_LINUX("_printk", linux_printk);
EXPORT_LINUX("__stack_chk_fail", linux_stack_chk_fail);

/* Nanoseconds since boot; int64_t, as ktime_t is. */
static int64_t
linux_ktime_get(void)
{
	return (int64_t)nanouptime();
}

EXPORT_LINUX_GPL("ktime_get", linux_ktime_get);
