/*
 * The kernel API that modules may use: console output, memory, strings,
 * panic.  Each of these is in the kernel's export list (guest/kern/exports.c).
 */
#ifndef SYS_SYSTM_H
#define SYS_SYSTM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __printflike(f, a)	__attribute__((__format__(__printf__, f, a)))
#define __used			__attribute__((__used__))
#define __section(s)		__attribute__((__section__(s)))
#define __dead			__attribute__((__noreturn__))
#define __init			__section(".init.text")
#define __initdata		__section(".init.data")
#define __arraycount(a)		(sizeof(a) / sizeof((a)[0]))

/*
 * Console output.  Knows %d %i %u %x %X %o %c %s %p %% with flags 0 - # and
 * width, precision for %s, and the lengths hh h l ll z j t.
 */
void	printf(const char *, ...) __printflike(1, 2);
int	snprintf(char *, size_t, const char *, ...) __printflike(3, 4);
int	vsnprintf(char *, size_t, const char *, va_list);

/* Stops the machine: the kernel cannot go on. */
void	panic(const char *, ...) __printflike(1, 2) __dead;

#define KASSERT(e)							\
	((e) ? (void)0 :						\
	    panic("assertion \"%s\" failed: file \"%s\", line %d",	\
	    #e, __FILE__, __LINE__))

/*
 * Memory.  Blocks are 16-byte aligned; the owner is the module whose code
 * called, so that a failed load can give everything back.
 */
void	*kmem_alloc(size_t);		/* NULL when there is none */
void	*kmem_zalloc(size_t);
void	kmem_free(void *);		/* NULL is allowed */
void	kmem_check(void);		/* panics if the heap is corrupt */

void	*memcpy(void *, const void *, size_t);
void	*memmove(void *, const void *, size_t);
void	*memset(void *, int, size_t);
int	memcmp(const void *, const void *, size_t);
size_t	strlen(const char *);
size_t	strnlen(const char *, size_t);
int	strcmp(const char *, const char *);
int	strncmp(const char *, const char *, size_t);
char	*strchr(const char *, int);
size_t	strlcpy(char *, const char *, size_t);

/* Virtual time: nanoseconds since power-on. */
uint64_t nanouptime(void);

#endif /* SYS_SYSTM_H */
