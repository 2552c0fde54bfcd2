/*
 * Memory for Linux modules: kmalloc and its family, vmalloc, pages by address.
 * All of it is the kernel's heap, where each block knows the module and the
 * call that made it.
 */
#include "linux.h"

/* What kmalloc(0) answers: not NULL, and not to be touched. */
#define ZERO_SIZE	((void *)16)

static bool
is_block(const void *p)
{
	return (uintptr_t)p > (uintptr_t)ZERO_SIZE;
}

/* A power of two is aligned to itself, as Linux promises. */
static size_t
alignment(size_t n)
{
	size_t align = LINUX_MINALIGN;

	if ((n & (n - 1)) == 0)
		while (align < n && align < PAGE_SIZE)
			align *= 2;
	return align;
}

void *
linux_alloc_aligned(size_t n, size_t align, gfp_t flags, const void *caller)
{
	if (n == 0)
		return ZERO_SIZE;
	if (flags & GFP_DIRECT_RECLAIM)
		might_sleep(caller, "allocation");
	if (inject_failure(caller))
		return NULL;

	void *p = kmem_alloc_at(module_calling(caller), n, align, caller);

	if (p != NULL && flags & GFP_ZERO)
		memset(p, 0, n);
	return p;
}

void *
linux_alloc(size_t n, gfp_t flags, const void *caller)
{
	return linux_alloc_aligned(n, alignment(n), flags, caller);
}

void
linux_free(const void *p)
{
	if (is_block(p))
		kmem_free((void *)(uintptr_t)p);
}

/* -- kmalloc.  Constant sizes are calls of kmalloc_trace with a cache out of
 * kmalloc_caches; the size says all. */

static void *kmalloc_caches[8][32];
EXPORT_LINUX("kmalloc_caches", kmalloc_caches);

LINUX(void *, __kmalloc, (size_t n, gfp_t flags))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void *, __kmalloc_node, (size_t n, gfp_t flags, int node))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void *, kmalloc_trace, (void *cache, gfp_t flags, size_t n))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void *, kmalloc_node_trace,
    (void *cache, gfp_t flags, int node, size_t n))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void *, kmalloc_large, (size_t n, gfp_t flags))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void *, kmalloc_large_node, (size_t n, gfp_t flags, int node))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void *, __kmalloc_node_track_caller,
    (size_t n, gfp_t flags, int node, unsigned long caller))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void, kfree, (const void *p))
{
	linux_free(p);
}

LINUX(void, kfree_sensitive, (const void *p))
{
	if (is_block(p))
		memset((void *)(uintptr_t)p, 0, kmem_size(p));
	linux_free(p);
}

LINUX(size_t, ksize, (const void *p))
{
	return is_block(p) ? kmem_size(p) : 0;
}

static void *
reallocate(const void *old, size_t n, gfp_t flags, const void *caller)
{
	size_t had = is_block(old) ? kmem_size(old) : 0;
	void *new;

	if (n == 0) {
		linux_free(old);
		return ZERO_SIZE;
	}
	if (is_block(old) && n <= had)
		return (void *)(uintptr_t)old;
	new = linux_alloc(n, flags, caller);
	if (new != NULL && is_block(old)) {
		memcpy(new, old, had);
		linux_free(old);
	}
	return new;
}

LINUX(void *, krealloc, (const void *old, size_t n, gfp_t flags))
{
	return reallocate(old, n, flags, CALLER);
}

LINUX(void *, kvrealloc,
    (const void *old, size_t had, size_t n, gfp_t flags))
{
	return reallocate(old, n, flags, CALLER);
}

static void *
duplicate(const void *from, size_t n, size_t room, gfp_t flags,
    const void *caller)
{
	void *p = from != NULL ? linux_alloc(room, flags, caller) : NULL;

	return p != NULL ? memcpy(p, from, n) : NULL;
}

LINUX(void *, kmemdup, (const void *from, size_t n, gfp_t flags))
{
	return duplicate(from, n, n, flags, CALLER);
}

LINUX(char *, kstrdup, (const char *from, gfp_t flags))
{
	size_t n = from != NULL ? strlen(from) + 1 : 0;

	return duplicate(from, n, n, flags, CALLER);
}

/* Constant strings of the kernel would not be copied; modules' are. */
LINUX(const char *, kstrdup_const, (const char *from, gfp_t flags))
{
	size_t n = from != NULL ? strlen(from) + 1 : 0;

	return duplicate(from, n, n, flags, CALLER);
}

LINUX(void, kfree_const, (const void *p))
{
	linux_free(p);
}

LINUX(char *, kstrndup, (const char *from, size_t max, gfp_t flags))
{
	size_t n = from != NULL ? strnlen(from, max) : 0;
	char *p = duplicate(from, n, n + 1, flags, CALLER);

	if (p != NULL)
		p[n] = '\0';
	return p;
}

LINUX(char *, kmemdup_nul, (const char *from, size_t n, gfp_t flags))
{
	char *p = duplicate(from, n, n + 1, flags, CALLER);

	if (p != NULL)
		p[n] = '\0';
	return p;
}

static char *
format_new(gfp_t flags, const char *fmt, va_list ap, const void *caller)
{
	int n = linux_format(NULL, 0, fmt, ap);
	char *p = linux_alloc((size_t)n + 1, flags, caller);

	if (p != NULL)
		(void)linux_format(p, (size_t)n + 1, fmt, ap);
	return p;
}

LINUX(char *, kvasprintf, (gfp_t flags, const char *fmt, va_list ap))
{
	return format_new(flags, fmt, ap, CALLER);
}

LINUX_VARIADIC(char *, kasprintf, (gfp_t flags, const char *fmt, ...))
{
	va_list ap;

	va_start(ap, fmt);

	char *p = format_new(flags, fmt, ap, CALLER);

	va_end(ap);
	return p;
}

/* -- vmalloc: page aligned. */

static void *
pages(size_t n, gfp_t flags, const void *caller)
{
	return n == 0 ? NULL :
	    linux_alloc_aligned(n, PAGE_SIZE, flags | GFP_DIRECT_RECLAIM,
		caller);
}

LINUX(void *, kvmalloc_node, (size_t n, gfp_t flags, int node))
{
	return linux_alloc(n, flags, CALLER);
}

LINUX(void, kvfree, (const void *p))
{
	linux_free(p);
}

LINUX(void, kvfree_sensitive, (const void *p, size_t n))
{
	if (is_block(p))
		memset((void *)(uintptr_t)p, 0, n);
	linux_free(p);
}

LINUX(void *, vmalloc, (unsigned long n))
{
	return pages(n, 0, CALLER);
}

LINUX(void *, vzalloc, (unsigned long n))
{
	return pages(n, GFP_ZERO, CALLER);
}

LINUX(void *, vmalloc_node, (unsigned long n, int node))
{
	return pages(n, 0, CALLER);
}

LINUX(void *, vzalloc_node, (unsigned long n, int node))
{
	return pages(n, GFP_ZERO, CALLER);
}

LINUX(void *, __vmalloc, (unsigned long n, gfp_t flags))
{
	return pages(n, flags, CALLER);
}

LINUX(void *, vmalloc_user, (unsigned long n))
{
	return pages(n, GFP_ZERO, CALLER);
}

LINUX(void *, vmalloc_32, (unsigned long n))
{
	return pages(n, 0, CALLER);
}

LINUX(void, vfree, (const void *p))
{
	linux_free(p);
}

LINUX(bool, is_vmalloc_addr, (const void *p))
{
	/* All of the heap is seen through the kernel window. */
	return false;
}

/* -- Pages, by their address. */

LINUX(unsigned long, __get_free_pages, (gfp_t flags, unsigned order))
{
	return (unsigned long)(uintptr_t)linux_alloc_aligned(
	    (size_t)PAGE_SIZE << order, (size_t)PAGE_SIZE << order, flags,
	    CALLER);
}

LINUX(unsigned long, get_zeroed_page, (gfp_t flags))
{
	return (unsigned long)(uintptr_t)linux_alloc_aligned(PAGE_SIZE,
	    PAGE_SIZE, flags | GFP_ZERO, CALLER);
}

LINUX(void, free_pages, (unsigned long va, unsigned order))
{
	linux_free((void *)(uintptr_t)va);
}

LINUX(void *, alloc_pages_exact, (size_t n, gfp_t flags))
{
	return linux_alloc_aligned(n, PAGE_SIZE, flags, CALLER);
}

LINUX(void, free_pages_exact, (void *p, size_t n))
{
	linux_free(p);
}
