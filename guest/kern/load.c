/*
 * Loading a module and what it requires, all or nothing.  The coming modules
 * of the table form a stack, in its order: the requested one first, the one
 * that the others wait for last.  A requirement that is coming already is a
 * cycle.  Modules that came to life on behalf of a request that then fails
 * are unloaded again: their ids follow that of the requested one.
 */
#include "defs.h"

/* The last one in that state with an id from first to last, or NULL. */
static struct module *
newest(unsigned state, uint32_t first, uint32_t last)
{
	struct module *found = NULL;

	for (struct module *m = modules; m != NULL; m = m->mod_next)
		if (m->mod_state == state && m->mod_id >= first &&
		    m->mod_id <= last)
			found = m;
	return found;
}

static struct module *
top(void)
{
	return newest(MODULE_COMING, 0, UINT32_MAX);
}

static int
refuse_loaded(const char *name, struct outcome *o)
{
	return outcome_fail(o, STAGE_POLICY, EEXIST,
	    "a module named %s is loaded already", name);
}

static int
cycle(const struct module *again, struct outcome *o)
{
	char path[256] = "";

	for (const struct module *m = again; m != NULL; m = m->mod_next)
		if (m->mod_state == MODULE_COMING) {
			strlcat(path, m->mod_name, sizeof(path));
			strlcat(path, " -> ", sizeof(path));
		}
	return outcome_fail(o, STAGE_REQUIRE, EDEADLK,
	    "circular requirement: %s%s", path, again->mod_name);
}

/* The next requirement of m is there. */
static int
satisfied(struct module *m, struct module *by, struct outcome *o)
{
	if (by->mod_state == MODULE_COMING)
		return cycle(by, o);
	if (module_hold(m, by) != 0)
		return outcome_no_memory(o);
	m->mod_met++;
	return 0;
}

/* Opens an object, for the one that requires it if there is one. */
static int
push(uint32_t source, const char *name, struct outcome *o)
{
	struct module *by = top();
	struct wire_manifest *manifest;
	uint64_t object;
	int error;

	error = command_open(source, name, by != NULL ? by->mod_object : 0,
	    &object, &manifest);
	if (error != 0)
		return outcome_fail(o, STAGE_OPEN, error,
		    "the object %s%scould not be opened",
		    name != NULL ? name : "", name != NULL ? " " : "");

	/* It may be asked for by a file name that is not the module's. */
	const char *own_name = (const char *)manifest + manifest->name;
	struct module *known = module_by_name(own_name);

	if (known != NULL)
		error = by != NULL ? satisfied(by, known, o) :
		    refuse_loaded(own_name, o);
	else if (manifest->flavour == FLAVOUR_NETBSD)
		error = version_check(own_name, manifest->version, o);
	if (known == NULL && error == 0) {
		if (module_create(object, manifest) != NULL)
			return 0;
		error = outcome_no_memory(o);
	}
	command_close(object, 0, CLOSE_FAILED);
	kmem_free(manifest);
	return error;
}

/* The failure was that of a requirement: say of which. */
static int
blame(const char *name, struct outcome *o)
{
	if (o->stage == STAGE_REQUIRE)
		return o->error;
	return outcome_fail(o, STAGE_REQUIRE, o->error,
	    "required module %s: %s", name, o->reason != NULL ? o->reason : "");
}

static int
require_next(struct module *m, struct outcome *o)
{
	const char *manifest = (const char *)m->mod_manifest;
	const uint32_t *names =
	    (const uint32_t *)(manifest + m->mod_manifest->required);
	const char *name = manifest + names[m->mod_met];
	struct module *known = module_by_name(name);

	if (known != NULL)
		return satisfied(m, known, o);
	return push(0, name, o) != 0 ? blame(name, o) : 0;
}

/* Its requirements are live: the top of the stack comes to life. */
static int
finish(struct module *m, struct outcome *o)
{
	struct module *by = newest(MODULE_COMING, 0, m->mod_id - 1);

	if (module_place(m, o) != 0 || module_link(m, o) != 0 ||
	    module_init(m, o) != 0)
		return by != NULL ? blame(m->mod_name, o) : o->error;
	module_settle(m);
	return by != NULL ? satisfied(by, m, o) : 0;
}

static void
undo(uint32_t first, struct outcome *o)
{
	struct outcome other = { .error = 0 };
	struct module *m;

	while ((m = top()) != NULL) {
		/* What the first one owned is of interest. */
		module_destroy(m, CLOSE_FAILED, o);
		o = &other;
	}
	for (uint32_t last = UINT32_MAX;
	    (m = newest(MODULE_LIVE, first, last)) != NULL;) {
		last = m->mod_id - 1;
		(void)module_unload(m, &other);
		outcome_clear(&other);
	}
}

int
module_load(uint32_t source, const char *name, struct outcome *o)
{
	struct module *requested, *m;
	int error;

	if (name != NULL && module_by_name(name) != NULL)
		return refuse_loaded(name, o);
	error = push(source, name, o);
	if (error != 0)
		return error;
	requested = top();
	while (error == 0 && (m = top()) != NULL)
		error = m->mod_met < m->mod_manifest->required_count ?
		    require_next(m, o) : finish(m, o);
	if (error != 0)
		undo(requested->mod_id, o);
	else
		o->module = requested->mod_id;
	return error;
}
