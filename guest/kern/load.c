/*
 * Loading a module and what it requires, all or nothing.  The objects on
 * their way form a stack, the requested one at the bottom, the one that the
 * others wait for on top; a requirement already on the stack is a cycle.
 * Modules that came to life on behalf of a request that then fails are
 * unloaded again.
 */
#include "defs.h"

struct load {
	struct module	*mod;
	unsigned	next;		/* requirement to look at */
	struct load	*below, *above;
};

struct loads {
	struct load	*bottom, *top;
	struct load	*done;		/* live ones, newest on top of below */
	struct outcome	*outcome;
};

static const char *
required_name(const struct load *l)
{
	const char *manifest = (const char *)l->mod->mod_manifest;
	const uint32_t *names =
	    (const uint32_t *)(manifest + l->mod->mod_manifest->required);

	return manifest + names[l->next];
}

/* The requirement l looks at is there. */
static int
satisfied(struct loads *loads, struct load *l, struct module *by)
{
	if (module_hold(l->mod, by) != 0)
		return outcome_no_memory(loads->outcome);
	l->next++;
	return 0;
}

static int
cycle(struct loads *loads, const struct module *again)
{
	char path[256];
	size_t n = 0;

	for (const struct load *l = loads->bottom; l != NULL; l = l->above)
		if ((n > 0 || l->mod == again) && n < sizeof(path))
			n += (size_t)snprintf(path + n, sizeof(path) - n,
			    "%s -> ", l->mod->mod_name);
	return outcome_fail(loads->outcome, STAGE_REQUIRE, EDEADLK,
	    "circular requirement: %s%s", path, again->mod_name);
}

/* Opens an object and puts it on top of the stack. */
static int
push(struct loads *loads, uint32_t source, const char *name)
{
	struct load *top = loads->top, *l;
	struct wire_manifest *manifest;
	struct module *known;
	uint64_t object;
	int error;

	error = command_open(source, name,
	    top != NULL ? top->mod->mod_object : 0, &object, &manifest);
	if (error != 0)
		return outcome_fail(loads->outcome, STAGE_OPEN, error,
		    "the object %s%scould not be opened",
		    name != NULL ? name : "", name != NULL ? " " : "");

	const char *own_name = (const char *)manifest + manifest->name;

	known = module_by_name(own_name);
	if (known != NULL) {
		/* Asked for by a file name that is not the module's. */
		command_close(object, 0, CLOSE_FAILED);
		kmem_free(manifest);
		if (known->mod_state == MODULE_COMING)
			return cycle(loads, known);
		if (top != NULL)
			return satisfied(loads, top, known);
		return outcome_fail(loads->outcome, STAGE_POLICY, EEXIST,
		    "a module named %s is loaded already", known->mod_name);
	}
	if (manifest->flavour == FLAVOUR_NETBSD &&
	    !version_accepted(manifest->version)) {
		error = outcome_fail(loads->outcome, STAGE_POLICY,
		    EPROGMISMATCH,
		    "%s is built for version %u, this kernel is %u", own_name,
		    manifest->version, __NetBSD_Version__);
		command_close(object, 0, CLOSE_FAILED);
		kmem_free(manifest);
		return error;
	}
	l = kernel_alloc(sizeof(*l));
	if (l == NULL || (l->mod = module_create(object, manifest)) == NULL) {
		command_close(object, 0, CLOSE_FAILED);
		kmem_free(manifest);
		kmem_free(l);
		return outcome_no_memory(loads->outcome);
	}
	l->below = top;
	if (top != NULL)
		top->above = l;
	else
		loads->bottom = l;
	loads->top = l;
	return 0;
}

static struct load *
pop(struct loads *loads)
{
	struct load *l = loads->top;

	loads->top = l->below;
	if (loads->top != NULL)
		loads->top->above = NULL;
	else
		loads->bottom = NULL;
	return l;
}

/* The failure was that of a requirement: say of which. */
static int
blame(struct loads *loads, const char *name)
{
	struct outcome *o = loads->outcome;

	if (o->stage == STAGE_REQUIRE)
		return o->error;
	return outcome_fail(o, STAGE_REQUIRE, o->error,
	    "required module %s: %s", name, o->reason != NULL ? o->reason : "");
}

static int
require_next(struct loads *loads)
{
	const char *name = required_name(loads->top);
	struct module *m = module_by_name(name);

	if (m == NULL)
		return push(loads, 0, name) != 0 ? blame(loads, name) : 0;
	if (m->mod_state == MODULE_COMING)
		return cycle(loads, m);
	return satisfied(loads, loads->top, m);
}

/* Its requirements are live: the top of the stack comes to life. */
static int
finish(struct loads *loads)
{
	struct load *l = loads->top;
	struct module *m = l->mod;

	if (module_place(m, loads->outcome) != 0 ||
	    module_link(m, loads->outcome) != 0 ||
	    module_init(m, loads->outcome) != 0)
		return l->below != NULL ? blame(loads, m->mod_name) :
		    loads->outcome->error;
	module_settle(m);
	l = pop(loads);
	l->below = loads->done;
	loads->done = l;
	return loads->top != NULL ? satisfied(loads, loads->top, m) : 0;
}

static void
undo(struct loads *loads)
{
	struct outcome other = { .error = 0 }, *o = loads->outcome;

	while (loads->top != NULL) {
		struct load *l = pop(loads);

		/* What the first one owned is of interest. */
		module_destroy(l->mod, CLOSE_FAILED, o);
		o = &other;
		kmem_free(l);
	}
	for (struct load *l = loads->done; l != NULL; l = l->below) {
		(void)module_unload(l->mod, &other);
		outcome_clear(&other);
	}
}

int
module_load(uint32_t source, const char *name, struct outcome *outcome)
{
	struct loads loads = { .outcome = outcome };
	int error;

	if (name != NULL && module_by_name(name) != NULL)
		return outcome_fail(outcome, STAGE_POLICY, EEXIST,
		    "a module named %s is loaded already", name);
	error = push(&loads, source, name);
	while (error == 0 && loads.top != NULL) {
		struct load *l = loads.top;

		error = l->next < l->mod->mod_manifest->required_count ?
		    require_next(&loads) : finish(&loads);
	}
	if (error != 0)
		undo(&loads);
	else
		outcome->module = loads.done->mod->mod_id;
	while (loads.done != NULL) {
		struct load *l = loads.done;

		loads.done = l->below;
		kmem_free(l);
	}
	return error;
}
