/*
 * What is called of a module besides init and fini, under a guard and a
 * watchdog: the resolvers of indirect functions (STT_GNU_IFUNC), then its
 * constructors; after fini its destructors.  The host has put them in order;
 * the pointers are read from the module's memory, which is linked by then.
 * https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html
 */
#include "defs.h"

struct walk {
	const struct wire_functions *first, *end;
	unsigned	called, total;
};

static void
walk(struct walk *w, bool calling)
{
	for (const struct wire_functions *run = w->first; run < w->end; run++) {
		uintptr_t start = (uintptr_t)run->start_va;
		const uintptr_t *list = (const uintptr_t *)start;
		size_t n = (size_t)(run->stop_va - run->start_va) /
		    sizeof(*list);

		if (run->order == ORDER_ONE) {
			list = &start;
			n = 1;
		}
		for (size_t i = 0; i < n; i++) {
			uintptr_t va =
			    list[run->order == ORDER_BACKWARD ? n - 1 - i : i];

			/* With these crtstuff begins and ends its lists. */
			if (va == 0 || va == UINTPTR_MAX)
				continue;
			if (calling) {
				w->called++;
				((void (*)(void))va)();
			} else {
				w->total++;
			}
		}
	}
}

static void
count_and_call(void *p)
{
	walk(p, false);
	walk(p, true);
}

static int
call_all(struct module *m, uint32_t functions, uint32_t count, unsigned stage,
    const char *what, struct outcome *o)
{
	const struct wire_functions *first = (const struct wire_functions *)
	    ((const char *)m->mod_linkinfo + functions);
	struct walk w = { .first = first, .end = first + count };
	struct wire_oops oops;
	char text[96];
	int error;

	if (count == 0)
		return 0;
	error = guard_module(m, count_and_call, &w, bootinfo.init_budget_ns,
	    &oops);
	if (error == 0)
		return 0;
	snprintf(text, sizeof(text), "%s %u of %u of %s", what, w.called,
	    w.total, m->mod_name);
	return outcome_oops(o, stage, error, &oops, text);
}

int
module_construct(struct module *m, struct outcome *o)
{
	const struct wire_linkinfo *info = m->mod_linkinfo;

	return call_all(m, info->constructors, info->constructor_count,
	    STAGE_INIT, "constructor", o);
}

int
module_destruct(struct module *m, struct outcome *o)
{
	const struct wire_linkinfo *info = m->mod_linkinfo;

	return call_all(m, info->destructors, info->destructor_count,
	    STAGE_FINI, "destructor", o);
}

struct resolution {
	const struct wire_ifunc *ifunc;
	uint32_t	count, at;
};

/* Stops at a resolver that answers NULL. */
static void
resolve(void *p)
{
	struct resolution *r = p;

	for (; r->at < r->count; r->at++) {
		const struct wire_ifunc *f = &r->ifunc[r->at];
		/* ARM's psABIs pass what the CPU can do; nothing is claimed. */
		uintptr_t (*resolver)(uintptr_t hwcap) =
		    (uintptr_t (*)(uintptr_t))(uintptr_t)f->resolver_va;
		uintptr_t chosen = resolver(0);

		if (chosen == 0)
			return;
		*(uintptr_t *)(uintptr_t)f->slot_va = chosen;
	}
}

int
module_resolve(struct module *m, struct outcome *o)
{
	const struct wire_linkinfo *info = m->mod_linkinfo;
	struct resolution r = {
		.ifunc = (const struct wire_ifunc *)
		    ((const char *)info + info->ifuncs),
		.count = info->ifunc_count
	};
	struct wire_oops oops;
	char name[KSYMS_TEXT], text[KSYMS_TEXT + 96];
	int error;

	if (r.count == 0)
		return 0;
	error = guard_module(m, resolve, &r, bootinfo.init_budget_ns, &oops);
	if (r.at == r.count)
		return error;
	snprintf(text, sizeof(text), "indirect function %u of %u of %s: %s",
	    r.at + 1, r.count, m->mod_name,
	    ksyms_format((uintptr_t)r.ifunc[r.at].resolver_va, false, name,
	    sizeof(name)));
	if (error != 0)
		return outcome_oops(o, STAGE_INIT, error, &oops, text);
	return outcome_fail(o, STAGE_INIT, ENOEXEC, "%s answered NULL", text);
}
