/*
 * Guarded blocks: with checks, each block of a module's lies alone on pages of
 * its own, its end at the end of a page as far as its alignment lets it, with
 * an unmapped page on either side.  Who reads or writes behind a block faults
 * right there; so does who uses a block that was freed, because its pages are
 * unmapped and its addresses are the last to be used again.  What is left of
 * the pages is filled with a pattern that is looked at when the block goes.
 */
#include "check.h"

#define PAGES		(GUARDED_BYTES / PAGE_SIZE)
#define PATTERN		0xcc
/* Pages that are left to the plain heap, module segments and stacks. */
#define RESERVE		(bootinfo.ram_bytes / PAGE_SIZE / 4)

/* By page: whose it is, guard page in front included; NULL: nobody's yet. */
static struct guarded **page_of;
static size_t next;			/* page to look for room at */

static uintptr_t
page_va(size_t page)
{
	return GUARDED_START + page * PAGE_SIZE;
}

static size_t
page_number(uintptr_t va)
{
	return (va - GUARDED_START) / PAGE_SIZE;
}

bool
heap_has(uintptr_t va)
{
	return page_of != NULL && va - GUARDED_START < GUARDED_BYTES;
}

void
heap_init(void)
{
	size_t bytes = PAGES * sizeof(*page_of);
	uintptr_t end = KERNBASE + (uintptr_t)bootinfo.ram_bytes;
	uint64_t pa;

	/* Much memory, or modules elsewhere, may lie there. */
	if (!CHECKS || (GUARDED_START > KERNBASE && end > GUARDED_START) ||
	    (MODULES_START < GUARDED_START + GUARDED_BYTES &&
	    MODULES_END > GUARDED_START))
		return;
	pa = page_alloc((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
	if (pa != 0)
		page_of = (struct guarded **)KVA(pa);
}

struct guarded *
heap_block(uintptr_t va)
{
	return heap_has(va) ? page_of[page_number(va)] : NULL;
}

/* The pages are nobody's again. */
static void
forget(struct guarded *b)
{
	size_t first = page_number(b->first) - 1;

	for (size_t i = 0; i <= b->pages; i++)
		page_of[first + i] = NULL;
	kmem_free(b);
}

/* The first page from `from` on that is in the way of n pages, or -1. */
static size_t
obstacle(size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (page_of[i] != NULL && !page_of[i]->gone)
			return i;
	return (size_t)-1;
}

/*
 * Room for a guard page and n more, which begin at a multiple of align: at the
 * next place in turn, so that addresses rest as long as they can.  Blocks that
 * were freed there are forgotten.  -1: there is none.
 */
static size_t
take_room(size_t n, size_t align)
{
	bool again = false;

	for (size_t at = next;;) {
		/* The last page of all is a guard. */
		if (at + 1 + n >= PAGES) {
			if (again)
				return (size_t)-1;
			again = true;
			at = 0;
			continue;
		}
		if (align > PAGE_SIZE && page_va(at + 1) % align != 0) {
			at++;
			continue;
		}

		size_t wall = obstacle(at, n + 1);

		if (wall == (size_t)-1) {
			for (size_t i = at; i <= at + n; i++)
				if (page_of[i] != NULL)
					forget(page_of[i]);
			next = at + 1 + n;
			return at;
		}
		at = page_number(page_of[wall]->first) + page_of[wall]->pages;
	}
}

static void
unmap(const struct guarded *b)
{
	for (size_t i = 0; i < b->pages; i++) {
		uint64_t pa = pmap_unmap(b->first + i * PAGE_SIZE);

		if (pa != 0)
			page_free(pa, 1);
	}
}

static bool
map(const struct guarded *b)
{
	for (size_t i = 0; i < b->pages; i++) {
		uint64_t pa = page_alloc(1);

		if (pa != 0 && pmap_map(b->first + i * PAGE_SIZE, pa,
		    PROT_READ | PROT_WRITE) == 0)
			continue;
		if (pa != 0)
			page_free(pa, 1);
		unmap(b);
		return false;
	}
	return true;
}

static uintptr_t
end_of(const struct guarded *b)
{
	return b->first + b->pages * PAGE_SIZE;
}

static bool
place(struct guarded *b, size_t align)
{
	size_t bytes = b->bytes > 0 ? b->bytes : 1, at;

	b->pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
	if (b->pages > PAGES / 4 || page_free_count() < RESERVE + b->pages)
		return false;
	at = take_room(b->pages, align);
	if (at == (size_t)-1)
		return false;
	b->first = page_va(at + 1);
	b->start = align > PAGE_SIZE ? b->first :
	    (end_of(b) - bytes) & ~(uintptr_t)(align - 1);
	if (!map(b))
		return false;
	for (size_t i = 0; i <= b->pages; i++)
		page_of[at + i] = b;
	return true;
}

void *
heap_alloc(const struct module *owner, size_t n, size_t align,
    const void *caller)
{
	struct guarded *b = page_of != NULL ? kernel_alloc(sizeof(*b)) : NULL;

	if (b == NULL)
		return NULL;

	unsigned s = arch_intr_disable();

	b->bytes = n;
	b->owner = owner != NULL ? owner->mod_id : 0;
	if (!place(b, align)) {
		arch_intr_restore(s);
		kmem_free(b);
		return NULL;
	}
	trace_fill(&b->allocated, caller);
	memset((void *)b->first, PATTERN, b->start - b->first);
	memset((void *)b->start, BOOT_FILL, n);
	memset((void *)(b->start + n), PATTERN, end_of(b) - b->start - n);
	arch_intr_restore(s);
	return (void *)b->start;
}

size_t
heap_size(const void *p)
{
	const struct guarded *b = heap_block((uintptr_t)p);

	if (b == NULL || b->start != (uintptr_t)p || b->gone)
		heap_misuse("invalid-access", p);
	return b->bytes;
}

static uintptr_t
unlike(uintptr_t from, uintptr_t to)
{
	while (from < to && *(const uint8_t *)from == PATTERN)
		from++;
	return from < to ? from : 0;
}

static void
look(const struct guarded *b, const void *caller)
{
	uintptr_t end = b->start + b->bytes, at = unlike(end, end_of(b));

	if (at == 0)
		at = unlike(b->first, b->start);
	if (at != 0)
		heap_tell_damage(b, at, caller);
}

static void
let_go(struct guarded *b, const struct trace *by)
{
	const void *caller = (const void *)by->pc[0];

	look(b, caller);
	linux_memory_freed(b->start, b->bytes, caller);
	unmap(b);
	b->gone = true;
	b->freed = *by;
}

void
heap_free(void *p, const void *caller)
{
	unsigned s = arch_intr_disable();
	struct guarded *b = heap_block((uintptr_t)p);
	struct trace by;

	if (b == NULL || b->start != (uintptr_t)p)
		heap_misuse("invalid-free", p);
	if (b->gone)
		heap_misuse("double-free", p);
	trace_fill(&by, caller);
	let_go(b, &by);
	arch_intr_restore(s);
}

unsigned
heap_free_owned(const struct module *owner, uint64_t *bytes,
    struct wire_leak *leaks, unsigned room)
{
	unsigned s = arch_intr_disable(), blocks = 0;

	for (size_t i = 0; page_of != NULL && i < PAGES; i++) {
		struct guarded *b = page_of[i];

		if (b == NULL || b->gone || b->owner != owner->mod_id)
			continue;
		if (blocks < room)
			leaks[blocks] = (struct wire_leak){
				.address = b->start,
				.caller_va = b->allocated.pc[0],
				.bytes = b->bytes,
			};
		blocks++;
		*bytes += b->bytes;
		let_go(b, &b->allocated);
	}
	arch_intr_restore(s);
	return blocks;
}
