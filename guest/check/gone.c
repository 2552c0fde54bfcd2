/*
 * Memory of modules that is gone: that of unloaded ones, and init memory once
 * init has run.  Whoever jumps there, or looks there, is told what it was.  With
 * checks the addresses are not used again while they are remembered.
 */
#include "check.h"

#define REMEMBERED	128

static struct gone {
	uintptr_t	start, end;	/* 0: nothing */
	bool		kept;		/* nobody else is there */
	char		text[64];
} ring[REMEMBERED];
static unsigned turn;

static void
give_back(struct gone *g)
{
	if (g->kept)
		area_free(g->start);
	g->kept = false;
}

void
gone_add(const struct module *m, uintptr_t start, size_t bytes, bool init)
{
	unsigned s = arch_intr_disable();
	struct gone *g = &ring[turn++ % REMEMBERED];

	give_back(g);
	g->start = start;
	g->end = start + bytes;
	g->kept = CHECKS;
	snprintf(g->text, sizeof(g->text), init ?
	    "init memory of %.32s, which is freed" :
	    "memory of %.32s, which is unloaded", m->mod_name);
	if (g->kept)
		area_empty(start);
	else
		area_free(start);
	arch_intr_restore(s);
}

bool
gone_make_room(void)
{
	bool any = false;

	for (unsigned i = 0; i < REMEMBERED; i++) {
		any |= ring[i].kept;
		give_back(&ring[i]);
	}
	return any;
}

void
gone_forget(uintptr_t start, uintptr_t end)
{
	for (unsigned i = 0; i < REMEMBERED; i++)
		if (!ring[i].kept && ring[i].start < end && start < ring[i].end)
			ring[i].start = ring[i].end = 0;
}

const char *
gone_at(uintptr_t va)
{
	/* The last one that was there. */
	for (unsigned i = 1; i <= REMEMBERED; i++) {
		const struct gone *g = &ring[(turn - i) % REMEMBERED];

		if (va >= g->start && va < g->end)
			return g->text;
	}
	return NULL;
}
