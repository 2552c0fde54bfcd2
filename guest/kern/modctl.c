/*
 * modctl: the module system's calls, for guest code.
 */
#include "defs.h"

static void
stat_one(const struct module *m, modstat_t *ms)
{
	*ms = (modstat_t){
		.ms_addr = m->mod_nsegments > 0 ? m->mod_bases[0] : 0,
		.ms_source = MODULE_SOURCE_FILESYS,
		.ms_class = m->mod_manifest->class,
		.ms_refcnt = m->mod_refcnt,
	};
	strlcpy(ms->ms_name, m->mod_name, sizeof(ms->ms_name));
	for (const struct hold *h = m->mod_holds; h != NULL; h = h->next) {
		strlcat(ms->ms_required, h->module->mod_name,
		    sizeof(ms->ms_required));
		strlcat(ms->ms_required, h->next != NULL ? "," : "",
		    sizeof(ms->ms_required));
	}
	for (unsigned i = 0; i < m->mod_nsegments; i++)
		if (m->mod_bases[i] != 0)
			ms->ms_size += (uint32_t)m->mod_segments[i].bytes;
}

static int
stat(modctl_stat_t *args)
{
	unsigned s = arch_intr_disable();
	size_t n = 0;

	for (const struct module *m = modules; m != NULL; m = m->mod_next, n++)
		if (n < args->ms_count)
			stat_one(m, &args->ms_buffer[n]);
	args->ms_count = n;
	arch_intr_restore(s);
	return 0;
}

int
modctl(int op, void *arg)
{
	const modctl_load_t *load = arg;

	if (arg == NULL)
		return EINVAL;
	switch (op) {
	case MODCTL_LOAD:
		return load->ml_filename != NULL ?
		    linker_request(REQUEST_LOAD, load->ml_filename) : EINVAL;
	case MODCTL_UNLOAD:
		return linker_request(REQUEST_UNLOAD, arg);
	case MODCTL_STAT:
		return stat(arg);
	case MODCTL_EXISTS:
		return module_by_name(arg) != NULL ? 0 : ENOENT;
	default:
		return EINVAL;
	}
}
