/*
 * A module's own code, called under a guard and a watchdog.  How it is
 * reached depends on the flavour: a NetBSD module is reached through the
 * linker set link_set_modules, one modcmd function for each entry, a Linux
 * module through one init and one exit function.
 */
#include "defs.h"

struct modcall {
	const modinfo_t	*const *entry;
	modcmd_t	cmd;
	int		error;		/* what the module answered */
	uint32_t	version;
	const char	*name;
	char		what[64];	/* "init of hello" */
};

/* A release kernel takes modules built for its own series. */
static bool
version_accepted(uint32_t version)
{
	uint32_t ours = __NetBSD_Version__;

	return (version > ours ? version - ours : ours - version) < 10000;
}

int
version_check(const char *name, uint32_t version, struct outcome *o)
{
	if (version_accepted(version))
		return 0;
	return outcome_fail(o, STAGE_POLICY, EPROGMISMATCH,
	    "%s is built for version %u, this kernel is %u", name, version,
	    __NetBSD_Version__);
}

/* Runs the module's code; a fault in it is the outcome's. */
int
module_run(struct module *m, void (*fn)(void *), void *arg, unsigned stage,
    const char *what, struct outcome *o)
{
	struct wire_oops oops;
	int error;

	curthread->td_depth = 0;
	error = guard_module(m, fn, arg, bootinfo.init_budget_ns, &oops);
	if (curthread->td_depth > o->stack)
		o->stack = curthread->td_depth;

	return error != 0 ? outcome_oops(o, stage, error, &oops, what) : 0;
}

/* Guarded from the first look at the entry: it is the module's data. */
static void
modcall(void *p)
{
	struct modcall *call = p;
	const modinfo_t *mi = *call->entry;

	strlcat(call->what, mi->mi_name, sizeof(call->what));
	call->name = mi->mi_name;
	call->version = mi->mi_version;
	call->error = version_accepted(mi->mi_version) ?
	    mi->mi_modcmd(call->cmd, NULL) : EPROGMISMATCH;
}

/* The i-th entry of the module's set, or NULL. */
static const modinfo_t *const *
modentry(const struct module *m, unsigned i)
{
	const char *info = (const char *)m->mod_linkinfo;
	const struct wire_set *set =
	    (const struct wire_set *)(info + m->mod_linkinfo->sets);
	const struct wire_set *end = set + m->mod_linkinfo->set_count;

	while (set < end && strcmp(info + set->name, "link_set_modules") != 0)
		set++;
	if (set == end || i >= (set->stop_va - set->start_va) / sizeof(void *))
		return NULL;
	return (const modinfo_t *const *)(uintptr_t)set->start_va + i;
}

/* Calls the entry.  *refused: it returned an error, rather than fault. */
static int
modcmd(struct module *m, unsigned i, modcmd_t cmd, bool *refused,
    struct outcome *o)
{
	bool init = cmd == MODULE_CMD_INIT;
	unsigned stage = init ? STAGE_INIT : STAGE_FINI;
	struct modcall call = { .entry = modentry(m, i), .cmd = cmd };
	int error;

	strlcpy(call.what, init ? "init of " : "fini of ", sizeof(call.what));
	error = module_run(m, modcall, &call, stage, call.what, o);
	*refused = error == 0 && call.error != 0;
	if (!*refused)
		return error;
	if (version_check(call.name, call.version, o) != 0)
		return o->error;
	return outcome_fail(o, stage, call.error, "%s returned %d", call.what,
	    call.error);
}

/* Entries are finished from the last to the first. */
static int
netbsd_fini(struct module *m, struct outcome *o)
{
	bool refused;

	for (; m->mod_inited > 0; m->mod_inited--) {
		int error = modcmd(m, m->mod_inited - 1, MODULE_CMD_FINI,
		    &refused, o);

		if (refused)
			return error;
	}
	return 0;
}

static int
netbsd_init(struct module *m, struct outcome *o)
{
	bool refused;
	int error = 0;

	for (; error == 0 && modentry(m, m->mod_inited) != NULL;
	    m->mod_inited++)
		error = modcmd(m, m->mod_inited, MODULE_CMD_INIT, &refused, o);
	if (error == 0)
		return 0;

	/* The cause stays the first one; a refusal is moot. */
	struct outcome ignored = { .error = 0 };

	do
		m->mod_inited--;
	while (netbsd_fini(m, &ignored) != 0);
	outcome_clear(&ignored);
	return error;
}

struct linuxcall {
	uintptr_t	va;
	int		result;
};

/* cleanup_module answers nothing; nobody looks at what is read here then. */
static void
linuxcall(void *p)
{
	struct linuxcall *call = p;

	call->result = ((int (*)(void))call->va)();
}

static int
linux_init(struct module *m, struct outcome *o)
{
	struct linuxcall call = { (uintptr_t)m->mod_linkinfo->init_va, 0 };
	int error;

	if (call.va == 0)
		return 0;
	error = module_run(m, linuxcall, &call, STAGE_INIT, "init_module", o);
	if (error != 0 || call.result == 0)
		return error;
	return outcome_fail(o, STAGE_INIT,
	    call.result < 0 ? -call.result : call.result,
	    "init_module returned %d", call.result);
}

static int
linux_fini(struct module *m, struct outcome *o)
{
	struct linuxcall call = { (uintptr_t)m->mod_linkinfo->fini_va, 0 };

	if (call.va != 0)
		(void)module_run(m, linuxcall, &call, STAGE_FINI,
		    "cleanup_module", o);
	else if (m->mod_linkinfo->init_va != 0)
		return outcome_fail(o, STAGE_FINI, EBUSY,
		    "%s has an init function but no exit function, so it "
		    "cannot be unloaded", m->mod_name);
	return 0;
}

/* A plain object has neither set nor init: constructors are all of it. */
int
module_init(struct module *m, struct outcome *o)
{
	struct outcome ignored = { .error = 0 };
	int error;

	if (module_resolve(m, o) != 0 || module_construct(m, o) != 0)
		return o->error;
	error = m->mod_manifest->flavour == FLAVOUR_NETBSD ?
	    netbsd_init(m, o) : linux_init(m, o);
	if (error == 0)
		return 0;
	(void)module_destruct(m, &ignored);
	outcome_clear(&ignored);
	return error;
}

int
module_fini(struct module *m, struct outcome *o)
{
	struct outcome ignored = { .error = 0 };
	int refused = m->mod_manifest->flavour == FLAVOUR_NETBSD ?
	    netbsd_fini(m, o) : linux_fini(m, o);

	/* A fault of fini stays the cause. */
	if (refused == 0)
		(void)module_destruct(m, o->error == 0 ? o : &ignored);
	outcome_clear(&ignored);
	return refused;
}
