/*
 * The kernel heap: first fit over a free list, blocks coalesced as they are
 * freed.  Memory comes in arenas, runs of physical pages seen through the
 * kernel window.  Blocks tile an arena; each begins with a header that names
 * its owner, and a last header with no payload closes the arena, so that
 * writing past the end of any block is noticed.
 */
#include "defs.h"

struct block {
	uint32_t	magic;
	uint32_t	bytes;		/* with this header */
	uint32_t	previous;	/* bytes of the block before, or 0 */
	uint32_t	owner;		/* module id, 0 kernel */
	uint64_t	caller;		/* the call that made it returns here */
	uint64_t	size;		/* bytes that were asked for */
	struct block	*next, **at;	/* free list, where the payload was */
};

struct arena {
	struct arena	*next;
	size_t		pages;
};

#define MAGIC_USED	0x6b6d656dU
#define MAGIC_FREE	0x66726565U
#define MAGIC_END	0x656e6421U

#define UNIT		16		/* of sizes */
#define HEADER		32
#define ROUND(n)	(((n) + UNIT - 1) & ~(size_t)(UNIT - 1))
#define SMALLEST	ROUND(sizeof(struct block))
#define ARENA_PAGES	16
_Static_assert(offsetof(struct block, next) == HEADER, "payload is aligned");
_Static_assert(sizeof(struct arena) <= UNIT, "first_block");

static struct arena *arenas;
static struct block *freelist;

static struct block *
after(struct block *b)
{
	return (struct block *)((char *)b + b->bytes);
}

static struct block *
first_block(struct arena *a)
{
	return (struct block *)((char *)a + UNIT);
}

static void
freelist_insert(struct block *b)
{
	b->magic = MAGIC_FREE;
	b->next = freelist;
	b->at = &freelist;
	if (b->next != NULL)
		b->next->at = &b->next;
	freelist = b;
}

static void
freelist_remove(struct block *b)
{
	*b->at = b->next;
	if (b->next != NULL)
		b->next->at = b->at;
}

/* A new arena with one free block of at least that many bytes. */
static bool
arena_grow(size_t bytes)
{
	size_t pages = (UNIT + bytes + UNIT + PAGE_SIZE - 1) / PAGE_SIZE;

	if (pages < ARENA_PAGES)
		pages = ARENA_PAGES;

	uint64_t pa = page_alloc(pages);

	if (pa == 0)
		return false;

	struct arena *a = (struct arena *)KVA(pa);
	struct block *b = first_block(a);

	a->pages = pages;
	a->next = arenas;
	arenas = a;
	b->bytes = (uint32_t)(pages * PAGE_SIZE - UNIT - UNIT);
	b->previous = 0;
	freelist_insert(b);
	after(b)->magic = MAGIC_END;
	after(b)->previous = b->bytes;
	return true;
}

/* Gives an arena of nothing but one free block back. */
static void
arena_shrink(struct block *b)
{
	struct arena **at = &arenas, *a;

	if (b->previous != 0 || after(b)->magic != MAGIC_END)
		return;
	while (first_block(*at) != b)
		at = &(*at)->next;
	a = *at;
	freelist_remove(b);
	*at = a->next;
	page_free(KPA(a), a->pages);
}

/* What the block has beyond that many bytes becomes a free block. */
static void
block_split(struct block *b, size_t bytes)
{
	struct block *rest = (struct block *)((char *)b + bytes);

	if (b->bytes - bytes < SMALLEST)
		return;
	rest->bytes = b->bytes - (uint32_t)bytes;
	rest->previous = (uint32_t)bytes;
	after(rest)->previous = rest->bytes;
	freelist_insert(rest);
	b->bytes = (uint32_t)bytes;
}

/* What has to be split off in front of a block so that its payload is aligned:
 * nothing, or a block. */
static size_t
front_of(const struct block *b, size_t align)
{
	uintptr_t payload = (uintptr_t)&b->next;
	size_t front = ((payload + align - 1) & ~(align - 1)) - payload;

	while (front > 0 && front < SMALLEST)
		front += align;
	return front;
}

static struct block *
block_find(size_t bytes, size_t align)
{
	struct block *b = freelist;

	while (b != NULL && b->bytes < front_of(b, align) + bytes)
		b = b->next;
	return b;
}

/* Takes so many bytes of a free block: those whose payload is aligned. */
static struct block *
block_take(struct block *b, size_t bytes, size_t align)
{
	size_t front = front_of(b, align);

	freelist_remove(b);
	if (front > 0) {
		struct block *rest = (struct block *)((char *)b + front);

		rest->bytes = b->bytes - (uint32_t)front;
		rest->previous = (uint32_t)front;
		after(rest)->previous = rest->bytes;
		b->bytes = (uint32_t)front;
		freelist_insert(b);
		b = rest;
	}
	block_split(b, bytes);
	return b;
}

static void *
plain_alloc(const struct module *owner, size_t n, size_t align,
    const void *caller)
{
	size_t bytes = HEADER + ROUND(n > 0 ? n : 1);

	if (n > bootinfo.ram_bytes || align > bootinfo.ram_bytes)
		return NULL;
	if (bytes < SMALLEST)
		bytes = SMALLEST;
	if (align < UNIT)
		align = UNIT;

	unsigned s = arch_intr_disable();
	struct block *b = block_find(bytes, align);

	if (b == NULL && arena_grow(bytes + align + SMALLEST))
		b = block_find(bytes, align);
	if (b != NULL) {
		b = block_take(b, bytes, align);
		b->magic = MAGIC_USED;
		b->owner = owner != NULL ? owner->mod_id : 0;
		b->caller = (uintptr_t)caller;
		b->size = n;
	}
	arch_intr_restore(s);
	return b != NULL ? &b->next : NULL;
}

void *
kmem_alloc_at(const struct module *owner, size_t n, size_t align,
    const void *caller)
{
	void *p = NULL;

	if (align < UNIT / 2)
		align = UNIT / 2;
	if (CHECKS && n <= bootinfo.ram_bytes)
		p = heap_alloc(owner, n, align, caller);
	return p != NULL ? p : plain_alloc(owner, n, align, caller);
}

/* For the module that called, or for the host, which calls this too. */
static void *
alloc(size_t n, const void *caller)
{
	return inject_failure(caller) ? NULL :
	    kmem_alloc_at(module_calling(caller), n, UNIT, caller);
}

void *
kmem_alloc(size_t n)
{
	return alloc(n, __builtin_return_address(0));
}

void *
kmem_zalloc(size_t n)
{
	void *p = alloc(n, __builtin_return_address(0));

	return p != NULL ? memset(p, 0, n) : NULL;
}

void *
kernel_alloc(size_t n)
{
	void *p = plain_alloc(NULL, n, UNIT, NULL);

	return p != NULL ? memset(p, 0, n) : NULL;
}

static struct block *
block_of(const void *p)
{
	return (struct block *)((uintptr_t)p - HEADER);
}

size_t
kmem_size(const void *p)
{
	return heap_has((uintptr_t)p) ? heap_size(p) :
	    (size_t)block_of(p)->size;
}

/* This block's header and the one behind it are as they were written. */
static bool
block_sound(struct block *b)
{
	const struct block *next = after(b);

	return (b->magic == MAGIC_USED || b->magic == MAGIC_FREE) &&
	    (next->magic == MAGIC_USED || next->magic == MAGIC_FREE ||
	    next->magic == MAGIC_END) && next->previous == b->bytes;
}

static void
block_free(struct block *b)
{
	struct block *next = after(b), *before = b;

	if (!block_sound(b))
		panic("kmem_free: the header behind block %p of %u bytes is "
		    "overwritten", (void *)&b->next, b->bytes);
	if (next->magic == MAGIC_FREE) {
		freelist_remove(next);
		b->bytes += next->bytes;
	}
	if (b->previous != 0)
		before = (struct block *)((char *)b - b->previous);
	if (before->magic == MAGIC_FREE) {
		freelist_remove(before);
		before->bytes += b->bytes;
		b->magic = MAGIC_FREE;
		b = before;
	}
	after(b)->previous = b->bytes;
	freelist_insert(b);
	arena_shrink(b);
}

void
kmem_free(void *p)
{
	struct block *b = block_of(p);

	if (p == NULL)
		return;
	if (heap_has((uintptr_t)p)) {
		heap_free(p, __builtin_return_address(0));
		return;
	}

	unsigned s = arch_intr_disable();

	if ((uintptr_t)p % UNIT == 0 && b->magic == MAGIC_FREE)
		panic_caller("kmem_free: %p is free already", p);
	if ((uintptr_t)p % UNIT != 0 || b->magic != MAGIC_USED)
		panic_caller("kmem_free: %p is not a block, or its header is "
		    "overwritten", p);
	block_free(b);
	arch_intr_restore(s);
}

static struct block *
block_owned_by(uint32_t owner)
{
	for (struct arena *a = arenas; a != NULL; a = a->next)
		for (struct block *b = first_block(a); b->magic != MAGIC_END;
		    b = after(b))
			if (b->magic == MAGIC_USED && b->owner == owner)
				return b;
	return NULL;
}

unsigned
kmem_free_owned(const struct module *owner, uint64_t *bytes,
    struct wire_leak *leaks, unsigned room)
{
	unsigned s = arch_intr_disable(), blocks = 0;
	struct block *b;

	*bytes = 0;
	/* From the start each time: freeing may give the arena away. */
	while ((b = block_owned_by(owner->mod_id)) != NULL) {
		if (blocks < room)
			leaks[blocks] = (struct wire_leak){
				.address = (uintptr_t)&b->next,
				.caller_va = b->caller,
				.bytes = b->size,
			};
		blocks++;
		*bytes += b->size;
		block_free(b);
	}
	blocks += heap_free_owned(owner, bytes,
	    blocks < room ? leaks + blocks : leaks,
	    blocks < room ? room - blocks : 0);
	arch_intr_restore(s);
	return blocks;
}

void
kmem_check(void)
{
	unsigned s = arch_intr_disable();

	for (struct arena *a = arenas; a != NULL; a = a->next)
		for (struct block *b = first_block(a); b->magic != MAGIC_END;
		    b = after(b))
			if (!block_sound(b))
				panic("kmem_check: the header of block %p, or "
				    "the one behind it, is overwritten",
				    (void *)&b->next);
	arch_intr_restore(s);
}
