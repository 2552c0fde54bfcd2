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
};
_Static_assert(sizeof(struct block) == 16, "payload stays aligned");

struct free_block {			/* in the payload */
	struct free_block	*next, **at;
};

struct arena {
	struct arena	*next;
	size_t		pages;
};

#define MAGIC_USED	0x6b6d656dU
#define MAGIC_FREE	0x66726565U
#define MAGIC_END	0x656e6421U

#define UNIT		sizeof(struct block)
#define ROUND(n)	(((n) + UNIT - 1) & ~(UNIT - 1))
#define ARENA_HEADER	ROUND(sizeof(struct arena))
#define SMALLEST	(UNIT + ROUND(sizeof(struct free_block)))
#define ARENA_PAGES	16

static struct arena *arenas;
static struct free_block *freelist;

static struct block *
after(struct block *b)
{
	return (struct block *)((char *)b + b->bytes);
}

static struct block *
first_block(struct arena *a)
{
	return (struct block *)((char *)a + ARENA_HEADER);
}

static void
freelist_insert(struct block *b)
{
	struct free_block *f = (struct free_block *)(b + 1);

	b->magic = MAGIC_FREE;
	b->owner = 0;
	f->next = freelist;
	f->at = &freelist;
	if (f->next != NULL)
		f->next->at = &f->next;
	freelist = f;
}

static void
freelist_remove(struct block *b)
{
	struct free_block *f = (struct free_block *)(b + 1);

	*f->at = f->next;
	if (f->next != NULL)
		f->next->at = f->at;
}

/* A new arena with one free block of at least that many bytes. */
static bool
arena_grow(size_t bytes)
{
	size_t pages = (bytes + ARENA_HEADER + UNIT + PAGE_SIZE - 1) /
	    PAGE_SIZE;
	uint64_t pa = 0;

	if (pages < ARENA_PAGES && (pa = page_alloc_run(ARENA_PAGES)) != 0)
		pages = ARENA_PAGES;
	if (pa == 0 && (pa = page_alloc_run(pages)) == 0)
		return false;

	struct arena *a = (struct arena *)KVA(pa);
	struct block *b = first_block(a);

	a->pages = pages;
	a->next = arenas;
	arenas = a;
	b->bytes = (uint32_t)(pages * PAGE_SIZE - ARENA_HEADER - UNIT);
	b->previous = 0;
	freelist_insert(b);
	*after(b) = (struct block){
		.magic = MAGIC_END, .bytes = UNIT, .previous = b->bytes
	};
	return true;
}

/* Gives an arena of nothing but one free block back, unless it is the last. */
static void
arena_shrink(struct block *b)
{
	struct arena **at = &arenas, *a;

	if (b->previous != 0 || after(b)->magic != MAGIC_END)
		return;
	while (first_block(*at) != b)
		at = &(*at)->next;
	a = *at;
	if (a == arenas && a->next == NULL)
		return;
	freelist_remove(b);
	*at = a->next;
	page_free_run(KPA(a), a->pages);
}

void *
kmem_alloc_for(const struct module *owner, size_t n)
{
	struct block *b = NULL;
	size_t bytes = ROUND(n) + UNIT;

	if (n > bootinfo.ram_bytes)
		return NULL;
	if (bytes < SMALLEST)
		bytes = SMALLEST;

	unsigned s = arch_intr_disable();

	for (struct free_block *f = freelist; f != NULL; f = f->next) {
		b = (struct block *)f - 1;
		if (b->bytes >= bytes)
			break;
		b = NULL;
	}
	if (b == NULL && arena_grow(bytes))
		b = (struct block *)freelist - 1;
	if (b != NULL) {
		freelist_remove(b);
		if (b->bytes - bytes >= SMALLEST) {
			struct block *rest =
			    (struct block *)((char *)b + bytes);

			rest->bytes = b->bytes - (uint32_t)bytes;
			rest->previous = (uint32_t)bytes;
			after(rest)->previous = rest->bytes;
			freelist_insert(rest);
			b->bytes = (uint32_t)bytes;
		}
		b->magic = MAGIC_USED;
		b->owner = owner != NULL ? owner->mod_id : 0;
	}
	arch_intr_restore(s);
	return b != NULL ? b + 1 : NULL;
}

void *
kmem_alloc(size_t n)
{
	return kmem_alloc_for(module_calling(__builtin_return_address(0)), n);
}

void *
kmem_zalloc(size_t n)
{
	void *p = kmem_alloc_for(
	    module_calling(__builtin_return_address(0)), n);

	return p != NULL ? memset(p, 0, n) : NULL;
}

void *
kernel_alloc(size_t n)
{
	void *p = kmem_alloc_for(NULL, n);

	return p != NULL ? memset(p, 0, n) : NULL;
}

char *
kernel_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = kernel_alloc(n);

	return copy != NULL ? memcpy(copy, s, n) : NULL;
}

static void
block_free(struct block *b)
{
	struct block *next = after(b);

	if ((next->magic != MAGIC_USED && next->magic != MAGIC_FREE &&
	    next->magic != MAGIC_END) || next->previous != b->bytes)
		panic("kmem_free: the header behind block %p of %u bytes is "
		    "overwritten", (void *)(b + 1), b->bytes);
	if (next->magic == MAGIC_FREE) {
		freelist_remove(next);
		b->bytes += next->bytes;
	}
	b->magic = MAGIC_FREE;
	if (b->previous != 0) {
		struct block *before =
		    (struct block *)((char *)b - b->previous);

		if (before->magic == MAGIC_FREE) {
			freelist_remove(before);
			before->bytes += b->bytes;
			b = before;
		}
	}
	after(b)->previous = b->bytes;
	freelist_insert(b);
	arena_shrink(b);
}

void
kmem_free(void *p)
{
	struct block *b = (struct block *)p - 1;

	if (p == NULL)
		return;

	unsigned s = arch_intr_disable();

	if ((uintptr_t)p % UNIT != 0)
		PANIC_CALLER("kmem_free: %p is not a block", p);
	if (b->magic == MAGIC_FREE)
		PANIC_CALLER("kmem_free: %p is free already", p);
	if (b->magic != MAGIC_USED)
		PANIC_CALLER("kmem_free: %p is not a block, or its header is "
		    "overwritten", p);
	block_free(b);
	arch_intr_restore(s);
}

void
kmem_owned(const struct module *owner, struct kmem_stats *stats)
{
	unsigned s = arch_intr_disable();

	*stats = (struct kmem_stats){ 0, 0 };
	for (struct arena *a = arenas; a != NULL; a = a->next)
		for (struct block *b = first_block(a); b->magic != MAGIC_END;
		    b = after(b))
			if (b->magic == MAGIC_USED &&
			    b->owner == owner->mod_id) {
				stats->blocks++;
				stats->bytes += b->bytes - UNIT;
			}
	arch_intr_restore(s);
}

static struct block *
owned_block(const struct module *owner)
{
	for (struct arena *a = arenas; a != NULL; a = a->next)
		for (struct block *b = first_block(a); b->magic != MAGIC_END;
		    b = after(b))
			if (b->magic == MAGIC_USED &&
			    b->owner == owner->mod_id)
				return b;
	return NULL;
}

void
kmem_free_owned(const struct module *owner)
{
	unsigned s = arch_intr_disable();

	/* From the start each time: freeing may give the arena away. */
	for (struct block *b; (b = owned_block(owner)) != NULL;)
		block_free(b);
	arch_intr_restore(s);
}

void
kmem_check(void)
{
	unsigned s = arch_intr_disable();

	for (struct arena *a = arenas; a != NULL; a = a->next) {
		char *end = (char *)a + a->pages * PAGE_SIZE - UNIT;
		uint32_t previous = 0;
		struct block *b = first_block(a);

		for (; (char *)b < end; previous = b->bytes, b = after(b))
			if ((b->magic != MAGIC_USED &&
			    b->magic != MAGIC_FREE) ||
			    b->previous != previous ||
			    b->bytes < SMALLEST || b->bytes % UNIT != 0)
				panic("kmem_check: the header of block %p is "
				    "overwritten", (void *)(b + 1));
		if ((char *)b != end || b->magic != MAGIC_END ||
		    b->previous != previous)
			panic("kmem_check: the end of arena %p is overwritten",
			    (void *)a);
	}
	arch_intr_restore(s);
}
