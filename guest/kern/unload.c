/*
 * Unloading: refused while anything holds the module, else its fini and then
 * its end.
 */
#include "defs.h"

static int
refuse_held(const struct module *held, struct outcome *o)
{
	char names[256] = "";

	for (const struct module *m = modules; m != NULL; m = m->mod_next)
		if (module_holds(m, held)) {
			strlcat(names, names[0] != '\0' ? ", " : "",
			    sizeof(names));
			strlcat(names, m->mod_name, sizeof(names));
		}
	return outcome_fail(o, STAGE_POLICY, EBUSY, "%s is held by %s",
	    held->mod_name, names);
}

int
module_unload(struct module *m, struct outcome *o)
{
	int error;

	o->module = m->mod_id;
	if (m->mod_refcnt > 0)
		return refuse_held(m, o);

	unsigned s = arch_intr_disable();

	/* From here on calls into it are refused. */
	if (m->mod_calls == 0)
		m->mod_state = MODULE_GOING;
	arch_intr_restore(s);
	if (m->mod_state != MODULE_GOING)
		return outcome_fail(o, STAGE_POLICY, EBUSY,
		    "a call into %s is under way", m->mod_name);

	error = module_fini(m, o);
	if (error != 0) {
		m->mod_state = MODULE_LIVE;
		return error;
	}
	module_destroy(m, CLOSE_UNLOADED, o);
	return o->error;
}
