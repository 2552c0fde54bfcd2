/*
 * The ledger: what modules have registered with the kernel, and the calls that
 * did it.  Who registers something must take it back before his module goes;
 * what is left then is a leak.
 */
#include "defs.h"

struct entry {
	struct entry	*next;		/* newest first */
	const char	*kind;
	const void	*object;
	uintptr_t	caller;
	uint32_t	owner;		/* module id, 0 kernel */
	char		name[LEAK_NAME];
};

static struct entry *ledger;

static void
ledger_enter(const char *kind, const void *object, const char *name,
    const struct module *m, const void *caller)
{
	struct entry *e = kernel_alloc(sizeof(*e));

	if (e == NULL)
		return;
	e->kind = kind;
	e->object = object;
	e->caller = (uintptr_t)caller;
	e->owner = m != NULL ? m->mod_id : 0;
	strlcpy(e->name, name != NULL ? name : "", sizeof(e->name));

	unsigned s = arch_intr_disable();

	e->next = ledger;
	ledger = e;
	arch_intr_restore(s);
}

void
ledger_add(const char *kind, const void *object, const char *name,
    const void *caller)
{
	ledger_enter(kind, object, name,
	    caller != NULL ? module_calling(caller) : NULL, caller);
}

void
ledger_add_owned(const char *kind, const void *object,
    const struct module *owner, const void *caller)
{
	ledger_enter(kind, object, NULL, owner, caller);
}

static struct entry **
find(const char *kind, const void *object)
{
	struct entry **at = &ledger;

	while (*at != NULL && ((*at)->object != object ||
	    strcmp((*at)->kind, kind) != 0))
		at = &(*at)->next;
	return at;
}

bool
ledger_has(const char *kind, const void *object)
{
	unsigned s = arch_intr_disable();
	bool has = *find(kind, object) != NULL;

	arch_intr_restore(s);
	return has;
}

bool
ledger_take(const char *kind, const void *object)
{
	unsigned s = arch_intr_disable();
	struct entry **at = find(kind, object), *e = *at;

	if (e != NULL)
		*at = e->next;
	arch_intr_restore(s);
	kmem_free(e);
	return e != NULL;
}

const void *
ledger_named(const char *kind, const char *name)
{
	unsigned s = arch_intr_disable();
	struct entry *e = ledger;

	while (e != NULL && (strcmp(e->kind, kind) != 0 ||
	    strcmp(e->name, name) != 0))
		e = e->next;
	arch_intr_restore(s);
	return e != NULL ? e->object : NULL;
}

const void *
ledger_next(const char *kind, const void *after)
{
	unsigned s = arch_intr_disable();
	struct entry *e = after != NULL ? *find(kind, after) : NULL;

	e = e != NULL ? e->next : after == NULL ? ledger : NULL;
	while (e != NULL && strcmp(e->kind, kind) != 0)
		e = e->next;
	arch_intr_restore(s);
	return e != NULL ? e->object : NULL;
}

unsigned
ledger_drop_owned(const struct module *owner, struct wire_leak *leaks,
    unsigned room)
{
	struct entry **at = &ledger, *e;
	unsigned n = 0;

	while ((e = *at) != NULL) {
		if (e->owner != owner->mod_id) {
			at = &e->next;
			continue;
		}
		if (n < room) {
			leaks[n] = (struct wire_leak){
				.kind_va = (uintptr_t)e->kind,
				.address = (uintptr_t)e->object,
				.caller_va = e->caller,
			};
			strlcpy(leaks[n].name, e->name, sizeof(leaks[n].name));
		}
		n++;
		*at = e->next;
		kmem_free(e);
	}
	return n;
}
