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
	struct module **at = &modules, *m = kernel_alloc(sizeof(*m));
	uint64_t *bases = kernel_alloc(manifest->segment_count * sizeof(*bases));

	if (m == NULL || bases == NULL) {
		kmem_free(m);
		kmem_free(bases);
		return NULL;
	}
	m->mod_id = ++last_id;
	m->mod_state = MODULE_COMING;
	m->mod_object = object;
	m->mod_manifest = manifest;
	m->mod_name = (const char *)manifest + manifest->name;
	m->mod_segments = (const struct wire_segment *)
	    ((const char *)manifest + manifest->segments);
	m->mod_bases = bases;

	unsigned s = arch_intr_disable();

	while (*at != NULL)
		at = &(*at)->mod_next;
	*at = m;
	arch_intr_restore(s);
	return m;
}

void
module_destroy(struct module *m, unsigned close, struct outcome *outcome)
{
	struct module **at = &modules;
	struct kmem_stats owned;

	thread_end_owned(m);
	kmem_check();
	kmem_owned(m, &owned);
	outcome->leaks = (uint32_t)owned.blocks;
	outcome->leaked_bytes = owned.bytes;
	kmem_free_owned(m);

	unsigned s = arch_intr_disable();

	ksyms_remove(&m->mod_ksyms);
	while (*at != m)
		at = &(*at)->mod_next;
	*at = m->mod_next;
	arch_intr_restore(s);

	for (unsigned i = 0; i < m->mod_nholds; i++)
		m->mod_holds[i]->mod_refcnt--;
	command_close(m->mod_object, m->mod_id, close);
	for (unsigned i = 0; i < m->mod_manifest->segment_count; i++)
		if (m->mod_bases[i] != 0)
			area_free((uintptr_t)m->mod_bases[i]);
	kmem_free(m->mod_holds);
	kmem_free(m->mod_bases);
	kmem_free(m->mod_linkinfo);
	kmem_free(m->mod_manifest);
	kmem_free(m);
}

int
module_hold(struct module *m, struct module *held)
{
	struct module **holds;
	unsigned n = m->mod_nholds;

	if (held == m)
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (m->mod_holds[i] == held)
			return 0;
	holds = kernel_alloc((n + 1) * sizeof(struct module *));
	if (holds == NULL)
		return ENOMEM;
	if (n > 0)
		memcpy(holds, m->mod_holds, n * sizeof(struct module *));
	holds[n] = held;

	unsigned s = arch_intr_disable();
	struct module **old = m->mod_holds;

	m->mod_holds = holds;
	m->mod_nholds = n + 1;
	held->mod_refcnt++;
	arch_intr_restore(s);
	kmem_free(old);
	return 0;
}

struct module *
module_by_id(uint32_t id)
{
	unsigned s = arch_intr_disable();
	struct module *m = modules;

	while (m != NULL && m->mod_id != id)
		m = m->mod_next;
	arch_intr_restore(s);
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
	for (unsigned i = 0; i < m->mod_manifest->segment_count; i++)
		if (m->mod_bases[i] != 0 && va >= m->mod_bases[i] &&
		    va - m->mod_bases[i] < m->mod_segments[i].bytes)
			return true;
	return false;
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
	struct module *m;

	if (va < MODULES_START || va >= MODULES_END)
		return NULL;

	unsigned s = arch_intr_disable();

	for (m = modules; m != NULL; m = m->mod_next)
		if (module_contains(m, va))
			break;
	arch_intr_restore(s);
	return m;
}
