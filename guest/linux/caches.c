/*
 * Memory of one size, and of one CPU: caches, and the per-CPU areas of the one
 * CPU that there is.
 */
#include "linux.h"

/* -- Caches: blocks of one size, and a constructor. */

struct kmem_cache {
	size_t		size, align;
	void		(LINUX_REGPARM *ctor)(void *);
	unsigned	live;		/* objects that are out */
	char		name[40];
};

static struct kmem_cache *
cache_create(const char *name, unsigned size, unsigned align,
    void (LINUX_REGPARM *ctor)(void *), const void *caller)
{
	struct kmem_cache *c = registry_create("kmem_cache", sizeof(*c), name,
	    caller);

	if (c == NULL)
		return NULL;
	c->size = size;
	c->align = align > LINUX_MINALIGN ? align : LINUX_MINALIGN;
	c->ctor = ctor;
	strlcpy(c->name, name, sizeof(c->name));
	return c;
}

LINUX(struct kmem_cache *, kmem_cache_create,
    (const char *name, unsigned size, unsigned align, unsigned flags,
    void (LINUX_REGPARM *ctor)(void *)))
{
	return cache_create(name, size, align, ctor, CALLER);
}

LINUX(struct kmem_cache *, kmem_cache_create_usercopy,
    (const char *name, unsigned size, unsigned align, unsigned flags,
    unsigned useroffset, unsigned usersize, void (LINUX_REGPARM *ctor)(void *)))
{
	return cache_create(name, size, align, ctor, CALLER);
}

void *
linux_cache_alloc(struct kmem_cache *c, gfp_t flags, const void *caller)
{
	void *p = linux_alloc_aligned(c->size, c->align, flags, caller);

	if (p == NULL)
		return NULL;
	c->live++;
	if (c->ctor != NULL)
		c->ctor(p);
	return p;
}

LINUX(void *, kmem_cache_alloc, (struct kmem_cache *c, gfp_t flags))
{
	return linux_cache_alloc(c, flags, CALLER);
}

LINUX(void *, kmem_cache_alloc_node,
    (struct kmem_cache *c, gfp_t flags, int node))
{
	return linux_cache_alloc(c, flags, CALLER);
}

void
linux_cache_free(struct kmem_cache *c, void *p)
{
	if (p == NULL)
		return;
	c->live--;
	linux_free(p);
}

LINUX(void, kmem_cache_free, (struct kmem_cache *c, void *p))
{
	linux_cache_free(c, p);
}

LINUX(void, kmem_cache_destroy, (struct kmem_cache *c))
{
	if (c == NULL)
		return;
	if (c->live > 0)
		linux_warn(CALLER, "kmem_cache_destroy %s: Slab cache still "
		    "has %u objects", c->name, c->live);
	registry_destroy("kmem_cache", c, CALLER);
}

LINUX(int, kmem_cache_shrink, (struct kmem_cache *c))
{
	return 0;
}

LINUX(unsigned, kmem_cache_size, (struct kmem_cache *c))
{
	return (unsigned)c->size;
}

/* -- Per-CPU areas.  With one CPU an area is a block; what a module adds to
 * its address to reach that CPU's copy is zero (__per_cpu_offset, and on amd64
 * the base of gs, which is taken away from the address here). */

LINUX_GPL(void *, __alloc_percpu_gfp, (size_t n, size_t align, gfp_t flags))
{
	char *p = linux_alloc_aligned(n, align, flags | GFP_ZERO, CALLER);

	return p != NULL ? p - arch_linux_percpu() : NULL;
}

LINUX_GPL(void *, __alloc_percpu, (size_t n, size_t align))
{
	char *p = linux_alloc_aligned(n, align,
	    GFP_ZERO | GFP_DIRECT_RECLAIM, CALLER);

	return p != NULL ? p - arch_linux_percpu() : NULL;
}

LINUX_GPL(void, free_percpu, (void *p))
{
	if (p != NULL)
		linux_free((char *)p + arch_linux_percpu());
}
