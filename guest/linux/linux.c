/*
 * What Debian's Linux modules may call and C can provide, under the names and
 * with the convention Linux gives them.  Where a call has a convention all of
 * its own (__fentry__ and the like) it is in guest/arch/<arch>/linux.S.
 * printk's arguments are on the stack on i386, as those of any variadic
 * function, so it needs no attribute.
 */
#include "defs.h"
#include "export.h"

void	*linux_memcpy(void *, const void *, size_t) LINUX_REGPARM;
void	*linux_memmove(void *, const void *, size_t) LINUX_REGPARM;
void	*linux_memset(void *, int, size_t) LINUX_REGPARM;
int	linux_memcmp(const void *, const void *, size_t) LINUX_REGPARM;
size_t	linux_strlen(const char *) LINUX_REGPARM;
size_t	linux_strnlen(const char *, size_t) LINUX_REGPARM;
int	linux_strcmp(const char *, const char *) LINUX_REGPARM;
int	linux_strncmp(const char *, const char *, size_t) LINUX_REGPARM;
char	*linux_strchr(const char *, int) LINUX_REGPARM;
size_t	linux_strlcpy(char *, const char *, size_t) LINUX_REGPARM;
void	*linux_kmalloc(size_t, unsigned) LINUX_REGPARM;
void	linux_kfree(void *) LINUX_REGPARM;
int	linux_printk(const char *, ...);
void	linux_stack_chk_fail(void) __dead;

void *
linux_memcpy(void *to, const void *from, size_t n)
{
	return memcpy(to, from, n);
}

void *
linux_memmove(void *to, const void *from, size_t n)
{
	return memmove(to, from, n);
}

void *
linux_memset(void *to, int c, size_t n)
{
	return memset(to, c, n);
}

int
linux_memcmp(const void *a, const void *b, size_t n)
{
	return memcmp(a, b, n);
}

size_t
linux_strlen(const char *s)
{
	return strlen(s);
}

size_t
linux_strnlen(const char *s, size_t max)
{
	return strnlen(s, max);
}

int
linux_strcmp(const char *a, const char *b)
{
	return strcmp(a, b);
}

int
linux_strncmp(const char *a, const char *b, size_t n)
{
	return strncmp(a, b, n);
}

char *
linux_strchr(const char *s, int c)
{
	return strchr(s, c);
}

size_t
linux_strlcpy(char *to, const char *from, size_t room)
{
	return strlcpy(to, from, room);
}

#define GFP_ZERO	0x100U		/* ___GFP_ZERO of Linux 6.1 */

void *
linux_kmalloc(size_t n, unsigned flags)
{
	void *p = kmem_alloc_for(
	    module_at((uintptr_t)__builtin_return_address(0)), n);

	return p != NULL && flags & GFP_ZERO ? memset(p, 0, n) : p;
}

void
linux_kfree(void *p)
{
	kmem_free(p);
}

/* Messages begin with \001 and a digit, their level. */
int
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

void
linux_stack_chk_fail(void)
{
	PANIC_CALLER("a module's stack is overwritten");
}

EXPORT_LINUX("memcpy", linux_memcpy);
EXPORT_LINUX("memmove", linux_memmove);
EXPORT_LINUX("memset", linux_memset);
EXPORT_LINUX("memcmp", linux_memcmp);
EXPORT_LINUX("strlen", linux_strlen);
EXPORT_LINUX("strnlen", linux_strnlen);
EXPORT_LINUX("strcmp", linux_strcmp);
EXPORT_LINUX("strncmp", linux_strncmp);
EXPORT_LINUX("strchr", linux_strchr);
EXPORT_LINUX("strlcpy", linux_strlcpy);
EXPORT_LINUX("__kmalloc", linux_kmalloc);
EXPORT_LINUX("kfree", linux_kfree);
EXPORT_LINUX("_printk", linux_printk);
EXPORT_LINUX("__stack_chk_fail", linux_stack_chk_fail);
