/*
 * Messages: printk, and those that name a device, a network device or the
 * place of a warning first.
 */
#include "linux.h"

#define PRINTS(name, prefix, parameters, last)				\
	LINUX_VARIADIC(int, name, parameters)				\
	{								\
		va_list ap;						\
									\
		console_fresh_line();					\
		printf("%s", prefix);					\
		va_start(ap, last);					\
		linux_print(last, ap);					\
		va_end(ap);						\
		return 0;						\
	}

LINUX_VARIADIC(int, _printk, (const char *fmt, ...))
{
	va_list ap;

	va_start(ap, fmt);
	linux_print(fmt, ap);
	va_end(ap);
	return 0;
}

LINUX(int, vprintk, (const char *fmt, va_list ap))
{
	linux_print(fmt, ap);
	return 0;
}

/* What Linux calls only when its debugging is switched on. */
LINUX_VARIADIC(void, __dynamic_pr_debug, (void *d, const char *fmt, ...))
{
}

LINUX_VARIADIC(void, __dynamic_dev_dbg,
    (void *d, const void *dev, const char *fmt, ...))
{
}

LINUX_VARIADIC(void, __dynamic_netdev_dbg,
    (void *d, const void *dev, const char *fmt, ...))
{
}

PRINTS(_dev_emerg, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_alert, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_crit, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_err, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_warn, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_notice, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_info, "device: ", (const void *dev, const char *fmt, ...), fmt)
PRINTS(_dev_printk, "device: ",
    (const char *level, const void *dev, const char *fmt, ...), fmt)

/* A limit on messages; here all of them are wanted. */
LINUX(int, ___ratelimit, (void *state, const char *function))
{
	return 1;
}

LINUX(int, __printk_ratelimit, (const char *function))
{
	return 1;
}

LINUX_VARIADIC(void, __warn_printk, (const char *fmt, ...))
{
	char text[FINDING_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)linux_format(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_fresh_line();
	printf("%s", text);
}

LINUX_VARIADIC(void, warn_slowpath_fmt,
    (const char *file, int line, unsigned taint, const char *fmt, ...))
{
	char text[FINDING_TEXT] = "";
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		(void)linux_format(text, sizeof(text), fmt, ap);
		va_end(ap);
	}
	linux_warn(CALLER, "%s:%d: %s", file, line, text);
}

LINUX_VARIADIC(void, panic, (const char *fmt, ...))
{
	char text[FINDING_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)linux_format(text, sizeof(text), fmt, ap);
	va_end(ap);
	panic_caller("%s", text);
}

LINUX(void, __stack_chk_fail, (void))
{
	panic_caller("a module's stack is overwritten");
}

LINUX(void, fortify_panic, (const char *name))
{
	panic_caller("detected buffer overflow in %s", name);
}

LINUX(void, refcount_warn_saturate, (void *r, int type))
{
	static const char *const what[] = { "saturated",
	    "overflow", "increment of 0, use after free",
	    "underflow, use after free", "decrement to 0, a leak" };

	linux_warn(CALLER, "refcount_t: %s",
	    type >= 0 && type < 5 ? what[type] : "unknown");
}

LINUX(bool, __list_add_valid,
    (struct list_head *new, struct list_head *prev, struct list_head *next))
{
	if (next->prev == prev && prev->next == next && new != prev &&
	    new != next)
		return true;
	linux_warn(CALLER, "list_add corruption: new %p, prev %p, next %p",
	    (void *)new, (void *)prev, (void *)next);
	return false;
}

LINUX(bool, __list_del_entry_valid, (struct list_head *entry))
{
	if (entry->prev != NULL && entry->next != NULL &&
	    entry->prev->next == entry && entry->next->prev == entry)
		return true;
	linux_warn(CALLER, "list_del corruption: entry %p, prev %p, next %p",
	    (void *)entry, (void *)entry->prev, (void *)entry->next);
	return false;
}
