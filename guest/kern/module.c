/*
 * The module table.  Only the linker thread changes it; whoever looks in it
 * from elsewhere does so with interrupts disabled.
 */
#include "defs.h"

struct module *modules;

struct module *
module_create(uint64_t object, struct wire_manifest *manifest)
{
	static uint32_t last_id;
	struct module **at = &modules;
	struct module *m = kernel_alloc(sizeof(*m) +
	    manifest->segment_count * sizeof(*m->mod_bases));

	if (m == NULL)
		return NULL;
	m->mod_id = ++last_id;
	m->mod_state = MODULE_COMING;
	m->mod_object = object;
	m->mod_manifest = manifest;
	m->mod_name = (const char *)manifest + manifest->name;
	m->mod_segments = (const struct wire_segment *)
	    ((const char *)manifest + manifest->segments);
	m->mod_nsegments = manifest->segment_count;
	m->mod_bases = (uint64_t *)(m + 1);

	unsigned s = arch_intr_disable();

	while (*at != NULL)
		at = &(*at)->mod_next;
	*at = m;
	arch_intr_restore(s);
	return m;
}

/* Takes back what the module did not, and writes down what that was. */
static void
count_leaks(const struct module *m, struct outcome *o)
{
	static struct wire_leak leaks[LEAKS_LISTED];
	unsigned n = ledger_drop_owned(m, leaks, LEAKS_LISTED);
	unsigned listed = n < LEAKS_LISTED ? n : LEAKS_LISTED;

	o->leaks = kmem_free_owned(m, &o->leaked_bytes, leaks + listed,
	    LEAKS_LISTED - listed);
	n += o->leaks;
	listed = n < LEAKS_LISTED ? n : LEAKS_LISTED;
	kmem_free(o->left);
	o->left = listed > 0 ? kernel_alloc(listed * sizeof(*leaks)) : NULL;
	o->nleft = o->left != NULL ? listed : 0;
	o->unlisted = n - o->nleft;
	if (o->left != NULL)
		memcpy(o->left, leaks, listed * sizeof(*leaks));
}

void
module_destroy(struct module *m, unsigned close, struct outcome *outcome)
{
	struct module **at = &modules;

	thread_end_owned(m);
	linux_module_gone(m);
	for (unsigned i = 0; i < m->mod_nsegments; i++)
		if (m->mod_bases[i] != 0)
			linux_memory_freed((uintptr_t)m->mod_bases[i],
			    (size_t)m->mod_segments[i].bytes, NULL);
	kmem_check();
	count_leaks(m, outcome);

	unsigned s = arch_intr_disable();

	while (*at != m)
		at = &(*at)->mod_next;
	*at = m->mod_next;
	arch_intr_restore(s);

	for (struct hold *h = m->mod_holds, *next; h != NULL; h = next) {
		next = h->next;
		h->module->mod_refcnt--;
		kmem_free(h);
	}
	command_close(m->mod_object, m->mod_id, close);
	for (unsigned i = 0; i < m->mod_nsegments; i++)
		if (m->mod_bases[i] != 0 && m->mod_segments[i].area == i)
			gone_add(m, (uintptr_t)m->mod_bases[i],
			    (size_t)m->mod_segments[i].area_bytes, false);
	if (m->mod_missing != 0)
		area_free(m->mod_missing);
	kmem_free(m->mod_linkinfo);
	kmem_free(m->mod_manifest);
	kmem_free(m);
}

bool
module_holds(const struct module *m, const struct module *held)
{
	for (const struct hold *h = m->mod_holds; h != NULL; h = h->next)
		if (h->module == held)
			return true;
	return false;
}

int
module_hold(struct module *m, struct module *held)
{
	struct hold *h;

	if (held == m || module_holds(m, held))
		return 0;
	h = kernel_alloc(sizeof(*h));
	if (h == NULL)
		return ENOMEM;
	*h = (struct hold){ .module = held, .next = m->mod_holds };
	m->mod_holds = h;
	held->mod_refcnt++;
	return 0;
}

struct module *
module_by_id(uint32_t id)
{
	struct module *m = modules;

	while (m != NULL && m->mod_id != id)
		m = m->mod_next;
	return m;
}

struct module *
module_by_name(const char *name)
{
	unsigned s = arch_intr_disable();
	struct module *m = modules;

	while (m != NULL && strcmp(m->mod_name, name) != 0)
		m = m->mod_next;
	arch_intr_restore(s);
	return m;
}

bool
module_contains(const struct module *m, uintptr_t va)
{
	for (unsigned i = 0; i < m->mod_nsegments; i++)
		if (m->mod_bases[i] != 0 && va >= m->mod_bases[i] &&
		    va - m->mod_bases[i] < m->mod_segments[i].bytes)
			return true;
	return false;
}

const char *
module_missing(uintptr_t va, const struct module **wanted_by)
{
	unsigned s = arch_intr_disable();
	const char *name = NULL;

	for (const struct module *m = modules; m != NULL; m = m->mod_next) {
		const char *info = (const char *)m->mod_linkinfo;
		uintptr_t i = (va - m->mod_missing) / MISSING_STRIDE;

		if (m->mod_missing == 0 || info == NULL ||
		    va < m->mod_missing || i >= m->mod_linkinfo->missing_count)
			continue;
		name = info + ((const uint32_t *)
		    (info + m->mod_linkinfo->missing))[i];
		*wanted_by = m;
		break;
	}
	if (name == NULL) {
		name = opaque_what(va);
		*wanted_by = NULL;
	}
	arch_intr_restore(s);
	return name;
}

struct module *
module_calling(const void *return_address)
{
	struct module *m = module_at((uintptr_t)return_address);

	return m != NULL ? m : curthread->td_module;
}

struct module *
module_at(uintptr_t va)
{
	unsigned s = arch_intr_disable();
	struct module *m = modules;

	while (m != NULL && !module_contains(m, va))
		m = m->mod_next;
	arch_intr_restore(s);
	return m;
}
