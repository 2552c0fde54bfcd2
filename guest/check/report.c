/*
 * What is told of a misused block: the record for programs, and a report in the
 * layout of Linux's KASAN for people and for what reads its reports.
 */
#include "check.h"

#define RULE \
	"=================================================================="
#define DIGITS	(2 * (int)sizeof(uintptr_t))

static const char out_of_bounds[] = "slab-out-of-bounds";

/* What a misuse that the kernel found was, till the guard has it. */
static struct {
	const char	*class;
	const void	*p;
} misuse;

/* The module's code that did it, which may have called the kernel. */
static uintptr_t
culprit(const struct wire_oops *oops, bool *returns)
{
	for (unsigned i = 0; i < oops->nframes; i++) {
		bool call = i > 0 || oops->nregs == 0;
		uintptr_t pc = (uintptr_t)oops->frames[i];

		if (module_at(pc - call) == NULL)
			continue;
		*returns = call;
		return pc;
	}
	*returns = oops->nregs == 0;
	return (uintptr_t)oops->pc;
}

static void
fill(struct wire_oops *oops, const char *class, const struct guarded *b)
{
	bool returns;
	const struct module *m;

	oops->kind = OOPS_HEAP;
	oops->text_va = (uintptr_t)class;
	m = module_at(culprit(oops, &returns) - (returns ? 1 : 0));
	if (m != NULL)
		oops->module = m->mod_id;
	if (b == NULL)
		return;
	oops->block_va = b->start;
	oops->block_bytes = b->bytes;
	oops->allocated_va = b->allocated.pc[0];
	oops->freed_va = b->gone ? b->freed.pc[0] : 0;
}

void
heap_misuse(const char *class, const void *p)
{
	if (interrupting || curthread->td_guard == NULL)
		panic("%s of %p", class, p);
	misuse.class = class;
	misuse.p = p;
	guard_throw(OOPS_HEAP);
}

void
heap_fill_misuse(struct wire_oops *oops)
{
	oops->address = (uintptr_t)misuse.p;
	fill(oops, misuse.class, heap_block((uintptr_t)misuse.p));
}

/* How far behind the block an address is; large when it is before. */
static uintptr_t
behind(const struct guarded *b, uintptr_t va)
{
	return va - (b->start + b->bytes);
}

void
heap_fault(struct wire_oops *oops)
{
	uintptr_t va = (uintptr_t)oops->address;
	struct guarded *b = heap_block(va);
	struct guarded *before = heap_block(va - PAGE_SIZE);

	if (!heap_has(va))
		return;
	/* A guard page belongs to the block that is nearer. */
	if (b == NULL || (va < b->first && before != NULL && before != b &&
	    behind(before, va) < b->start - va))
		b = before;
	if (b == NULL)
		return;
	fill(oops, b->gone ? "slab-use-after-free" : out_of_bounds, b);
}

static const char *
thread_name(uint32_t id)
{
	const struct thread *t = thread_by_id(id);

	return t != NULL ? t->td_name : "gone";
}

static void
print_trace(const char *what, const struct trace *t)
{
	char text[KSYMS_TEXT];

	printf("\n%s by task %u:\n", what, t->thread);
	for (unsigned i = 0; i < t->n; i++)
		printf(" %s\n", ksyms_format(t->pc[i], true, text,
		    sizeof(text)));
}

static void
print_block(const struct guarded *b, uintptr_t va)
{
	const struct module *m = module_by_id(b->owner);
	uintptr_t end = b->start + b->bytes;
	bool left = va < b->start, right = va >= end;
	uintptr_t off = left ? b->start - va : right ? va - end : va - b->start;

	print_trace("Allocated", &b->allocated);
	if (b->gone)
		print_trace("Freed", &b->freed);
	printf("\nThe buggy address belongs to the object at %0*jx\n"
	    " which belongs to %s%s of size %zu\n"
	    "The buggy address is located %zu bytes %s of\n"
	    " %s%zu-byte region [%0*jx, %0*jx)\n",
	    DIGITS, (uintmax_t)b->start,
	    m != NULL ? "module " : b->owner != 0 ? "a module that is gone" :
	    "the kernel", m != NULL ? m->mod_name : "", b->bytes,
	    (size_t)off, left ? "to the left" : right ? "to the right" :
	    "inside", b->gone ? "freed " : "", b->bytes,
	    DIGITS, (uintmax_t)b->start, DIGITS, (uintmax_t)end);
}

void
heap_print(const struct wire_oops *oops)
{
	const char *class = (const char *)(uintptr_t)oops->text_va;
	const struct guarded *b = heap_block((uintptr_t)oops->block_va);
	uintptr_t va = (uintptr_t)oops->address;
	char text[KSYMS_TEXT];
	bool returns;
	uintptr_t pc = culprit(oops, &returns);

	console_fresh_line();
	printf(RULE "\nBUG: KASAN: %s in %s\n", class,
	    ksyms_format(pc, returns, text, sizeof(text)));
	printf("%s", oops->access & ACCESS_EXEC ? "Execution" :
	    oops->access & ACCESS_WRITE ? "Write" :
	    oops->access != 0 ? "Read" : "Free");
	if (oops->access_bytes != 0)
		printf(" of size %u at", oops->access_bytes);
	else
		printf("%s", oops->access != 0 ? " at" : " of");
	printf(" addr %0*jx by task %s/%u\n\nCall Trace:\n", DIGITS,
	    (uintmax_t)va, thread_name(oops->thread), oops->thread);
	for (unsigned i = 0; i < oops->nframes; i++)
		printf(" %s\n", ksyms_format((uintptr_t)oops->frames[i],
		    i > 0 || oops->nregs == 0, text, sizeof(text)));
	if (b != NULL && b->start == oops->block_va)
		print_block(b, va);
	printf(RULE "\n");
}

/* "slab-out-of-bounds: write to 0x.. , 0 bytes to the right of a block of 13" */
void
heap_describe(const struct wire_oops *oops, char *buf, size_t room)
{
	uintptr_t va = (uintptr_t)oops->address;
	uintptr_t start = (uintptr_t)oops->block_va;
	uintptr_t end = start + (uintptr_t)oops->block_bytes;
	char at[96] = "";

	if (start != 0)
		snprintf(at, sizeof(at), ", %zu bytes %s %s%ju-byte block",
		    (size_t)(va < start ? start - va : va >= end ? va - end :
		    va - start), va < start ? "to the left of a" : va >= end ?
		    "to the right of a" : "inside a",
		    oops->freed_va != 0 ? " freed " : " ",
		    (uintmax_t)oops->block_bytes);
	snprintf(buf, room, "%s: %s 0x%0*jx%s",
	    (const char *)(uintptr_t)oops->text_va,
	    oops->access & ACCESS_EXEC ? "call of" :
	    oops->access & ACCESS_WRITE ? "write to" : oops->access != 0 ?
	    "read of" : "free of", DIGITS, (uintmax_t)va, at);
}

/* The block is released all the same: nobody else's memory was hurt. */
void
heap_tell_damage(const struct guarded *b, uintptr_t at, const void *caller)
{
	char text[FINDING_TEXT], who[KSYMS_TEXT], where[KSYMS_TEXT];
	bool left = at < b->start;

	(void)ksyms_format(b->allocated.pc[0], true, who, sizeof(who));
	snprintf(text, sizeof(text), "a write %zu bytes to the %s of a "
	    "%zu-byte block, allocated by %s",
	    (size_t)(left ? b->start - at : at - b->start - b->bytes),
	    left ? "left" : "right", b->bytes, who);
	console_fresh_line();
	printf(RULE "\nBUG: KASAN: %s in %s\nWrite at addr %0*jx, found when "
	    "the block was freed by task %s/%u\n", out_of_bounds,
	    ksyms_format((uintptr_t)caller, true, where, sizeof(where)),
	    DIGITS, (uintmax_t)at, thread_name(curthread->td_id),
	    curthread->td_id);
	print_block(b, at);
	printf(RULE "\n");
	finding_add(out_of_bounds, caller, (const void *)at, text);
}
