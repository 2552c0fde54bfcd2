/*
 * One module's way into memory: its areas get pages, the host links it
 * there, the pages get the permissions their contents deserve, and after its
 * init has run, those that only init needed are given back.
 */
#include "defs.h"

int
module_place(struct module *m, struct outcome *o)
{
	if (m->mod_manifest->flavour == FLAVOUR_LINUX)
		linux_prepare();
	for (unsigned i = 0; i < m->mod_nsegments; i++) {
		const struct wire_segment *segment = &m->mod_segments[i];

		if (segment->bytes == 0)
			continue;
		if (segment->area != i) {
			m->mod_bases[i] = m->mod_bases[segment->area] +
			    segment->offset;
			continue;
		}
		m->mod_bases[i] = area_alloc(segment->area_bytes,
		    segment->align, PROT_READ | PROT_WRITE);
		if (m->mod_bases[i] == 0)
			return outcome_no_memory(o);
	}
	if (m->mod_manifest->missing_count > 0) {
		m->mod_missing = area_reserve(
		    (uint64_t)m->mod_manifest->missing_count * MISSING_STRIDE);
		if (m->mod_missing == 0)
			return outcome_no_memory(o);
	}
	return 0;
}

/* Text and read-only data lose write permission. */
static void
protect(struct module *m)
{
	for (unsigned i = 0; i < m->mod_nsegments; i++) {
		const struct wire_segment *segment = &m->mod_segments[i];
		uintptr_t base = (uintptr_t)m->mod_bases[i];

		if (base == 0)
			continue;
		area_protect(base, (size_t)segment->bytes, segment->prot);
		if (segment->prot & PROT_EXEC)
			arch_icache_sync(base, (size_t)segment->bytes);
	}
}

int
module_link(struct module *m, struct outcome *o)
{
	int error = command_link(m);

	if (error != 0)
		return outcome_fail(o, STAGE_LINK, error,
		    "%s could not be linked", m->mod_name);

	const char *info = (const char *)m->mod_linkinfo;
	const uint32_t *uses = (const uint32_t *)(info + m->mod_linkinfo->uses);

	for (unsigned i = 0; i < m->mod_linkinfo->use_count; i++) {
		struct module *used = module_by_id(uses[i]);

		if (used != NULL && module_hold(m, used) != 0)
			return outcome_no_memory(o);
	}
	if (m->mod_linkinfo->symtab != 0)
		m->mod_symtab = (const struct wire_symtab *)
		    (info + m->mod_linkinfo->symtab);
	protect(m);
	return 0;
}

void
module_settle(struct module *m)
{
	m->mod_state = MODULE_LIVE;
	command_close(m->mod_object, m->mod_id, CLOSE_LIVE);
	for (unsigned i = 0; i < m->mod_nsegments; i++) {
		uint64_t base = m->mod_bases[i];

		if (!m->mod_segments[i].disposable || base == 0)
			continue;
		m->mod_bases[i] = 0;
		gone_add(m, (uintptr_t)base,
		    (size_t)m->mod_segments[i].bytes, true);
	}
}
