/*
 * Pools that keep some elements back for when there is no memory.
 */
#include "linux.h"

typedef void *(LINUX_REGPARM *pool_alloc_fn)(gfp_t, void *);
typedef void (LINUX_REGPARM *pool_free_fn)(void *, void *);

/* Modules embed it; a queue of waiters follows. */
struct mempool {
	uint32_t	lock;
	int		least, count;
	void		**elements;
	void		*data;
	pool_alloc_fn	alloc;
	pool_free_fn	free;
};

static void
drain(struct mempool *pool)
{
	while (pool->count > 0)
		pool->free(pool->elements[--pool->count], pool->data);
	linux_free(pool->elements);
	pool->elements = NULL;
}

static int
fill(struct mempool *pool, int least, pool_alloc_fn alloc, pool_free_fn free,
    void *data, const void *caller)
{
	pool->least = least;
	pool->count = 0;
	pool->alloc = alloc;
	pool->free = free;
	pool->data = data;
	pool->elements = linux_alloc((size_t)least * sizeof(void *),
	    GFP_DIRECT_RECLAIM, caller);
	if (pool->elements == NULL)
		return -ENOMEM;
	while (pool->count < least) {
		void *element = alloc(GFP_DIRECT_RECLAIM, data);

		if (element == NULL) {
			drain(pool);
			return -ENOMEM;
		}
		pool->elements[pool->count++] = element;
	}
	return 0;
}

LINUX(int, mempool_init, (struct mempool *pool, int least,
    pool_alloc_fn alloc, pool_free_fn free, void *data))
{
	return fill(pool, least, alloc, free, data, CALLER);
}

LINUX(void, mempool_exit, (struct mempool *pool))
{
	drain(pool);
}

static struct mempool *
create(int least, pool_alloc_fn alloc, pool_free_fn free, void *data,
    const void *caller)
{
	/* With room for the queue that is not kept here. */
	struct mempool *pool = linux_alloc(sizeof(*pool) + 64,
	    GFP_ZERO | GFP_DIRECT_RECLAIM, caller);

	if (pool != NULL &&
	    fill(pool, least, alloc, free, data, caller) != 0) {
		linux_free(pool);
		pool = NULL;
	}
	return pool;
}

LINUX(struct mempool *, mempool_create,
    (int least, pool_alloc_fn alloc, pool_free_fn free, void *data))
{
	return create(least, alloc, free, data, CALLER);
}

LINUX(struct mempool *, mempool_create_node, (int least, pool_alloc_fn alloc,
    pool_free_fn free, void *data, gfp_t flags, int node))
{
	return create(least, alloc, free, data, CALLER);
}

LINUX(void, mempool_destroy, (struct mempool *pool))
{
	if (pool == NULL)
		return;
	drain(pool);
	linux_free(pool);
}

/* Linux waits until an element comes back when it may; there is nobody here
 * who would bring one while the caller sleeps, so NULL is answered. */
LINUX(void *, mempool_alloc, (struct mempool *pool, gfp_t flags))
{
	void *element = pool->alloc(flags & ~GFP_DIRECT_RECLAIM, pool->data);

	if (flags & GFP_DIRECT_RECLAIM)
		might_sleep(CALLER, "mempool_alloc");
	if (element == NULL && pool->count > 0)
		element = pool->elements[--pool->count];
	return element;
}

LINUX(void, mempool_free, (void *element, struct mempool *pool))
{
	if (element == NULL)
		return;
	if (pool->count < pool->least)
		pool->elements[pool->count++] = element;
	else
		pool->free(element, pool->data);
}

/* -- What elements are usually made of. */

LINUX(void *, mempool_alloc_slab, (gfp_t flags, void *cache))
{
	return linux_cache_alloc(cache, flags, CALLER);
}

LINUX(void, mempool_free_slab, (void *element, void *cache))
{
	linux_cache_free(cache, element);
}

LINUX(void *, mempool_kmalloc, (gfp_t flags, void *size))
{
	return linux_alloc((size_t)(uintptr_t)size, flags, CALLER);
}

LINUX(void, mempool_kfree, (void *element, void *size))
{
	linux_free(element);
}
