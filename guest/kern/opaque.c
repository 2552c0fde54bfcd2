/*
 * Opaque objects: what the kernel answers for a structure of Linux's that it
 * does not model.  Each has an address of its own where nothing is mapped, so
 * it can be passed around and compared; whoever looks into one faults, and is
 * told what it was, as for a symbol that nobody has (OOPS_MISSING_SYMBOL).
 */
#include "defs.h"

#define GROUP	32			/* objects in a reserved range */
#define STRIDE	16384			/* larger than any structure */

struct opaque_group {
	struct opaque_group	*next;
	uintptr_t		start;
	struct {
		const char	*what;		/* NULL: free */
		void		*data;
	} object[GROUP];
};

static struct opaque_group *groups;

static struct opaque_group *
grow(void)
{
	struct opaque_group *g = kernel_alloc(sizeof(*g));

	if (g == NULL)
		return NULL;
	g->start = area_reserve((uint64_t)GROUP * STRIDE);
	if (g->start == 0) {
		kmem_free(g);
		return NULL;
	}
	g->next = groups;
	groups = g;
	return g;
}

void *
opaque_create(const char *what, void *data)
{
	unsigned s = arch_intr_disable();
	struct opaque_group *g = groups;
	unsigned i = 0;

	for (; g != NULL; g = g->next) {
		for (i = 0; i < GROUP && g->object[i].what != NULL; i++)
			continue;
		if (i < GROUP)
			break;
	}
	if (g == NULL) {
		g = grow();
		i = 0;
	}
	if (g != NULL) {
		g->object[i].what = what;
		g->object[i].data = data;
	}
	arch_intr_restore(s);
	return g != NULL ? (void *)(g->start + i * STRIDE) : NULL;
}

static struct opaque_group *
find(uintptr_t va, unsigned *i)
{
	for (struct opaque_group *g = groups; g != NULL; g = g->next) {
		*i = (unsigned)((va - g->start) / STRIDE);
		if (va >= g->start && *i < GROUP)
			return g;
	}
	return NULL;
}

const char *
opaque_what(uintptr_t va)
{
	unsigned i;
	const struct opaque_group *g = find(va, &i);

	return g != NULL ? g->object[i].what : NULL;
}

void *
opaque_data(const void *object)
{
	unsigned i;
	const struct opaque_group *g = find((uintptr_t)object, &i);

	return g != NULL && g->object[i].what != NULL ?
	    g->object[i].data : NULL;
}

void
opaque_destroy(void *object)
{
	unsigned s = arch_intr_disable();
	unsigned i;
	struct opaque_group *g = find((uintptr_t)object, &i);

	if (g != NULL)
		g->object[i].what = NULL;
	arch_intr_restore(s);
}
