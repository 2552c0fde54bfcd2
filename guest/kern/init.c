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
	int		error;
	uint32_t	version;
	char		name[MAXMODNAME];
};

/* A release kernel takes modules built for its own series. */
bool
version_accepted(uint32_t version)
{
	uint32_t ours = __NetBSD_Version__;

	return (version > ours ? version - ours : ours - version) < 10000;
}

/* Guarded from the first look at the entry: it is the module's data. */
static void
modcall(void *p)
{
	struct modcall *call = p;
	const modinfo_t *mi = *call->entry;

	strlcpy(call->name, mi->mi_name, sizeof(call->name));
	call->version = mi->mi_version;
	if (version_accepted(mi->mi_version))
		call->error = mi->mi_modcmd(call->cmd, NULL);
	else
		call->error = EPROGMISMATCH;
}

/* The number of entries in the module's set. */
static unsigned
modset(const struct module *m, const modinfo_t *const **first)
{
	const char *info = (const char *)m->mod_linkinfo;
	const struct wire_set *set =
	    (const struct wire_set *)(info + m->mod_linkinfo->sets);

	for (unsigned i = 0; i < m->mod_linkinfo->set_count; i++, set++)
		if (strcmp(info + set->name, "link_set_modules") == 0) {
			*first = (const modinfo_t *const *)
			    (uintptr_t)set->start_va;
			return (unsigned)((set->stop_va - set->start_va) /
			    sizeof(**first));
		}
	return 0;
}

/* Calls the entry.  Answers guard_call's error; the module's is in *call. */
static int
modcmd(struct module *m, const modinfo_t *const *entry, modcmd_t cmd,
    struct modcall *call, struct outcome *o)
{
	bool init = cmd == MODULE_CMD_INIT;
	struct wire_oops oops;
	int error;

	*call = (struct modcall){ .entry = entry, .cmd = cmd, .name = "?" };
	error = guard_module(m, modcall, call, bootinfo.init_budget_ns, &oops);
	if (error != 0) {
		char what[64];

		snprintf(what, sizeof(what), "%s of %s",
		    init ? "init" : "fini", call->name);
		return outcome_oops(o, init ? STAGE_INIT : STAGE_FINI, error,
		    &oops, what);
	}
	return 0;
}

/* Entries are finished from the last to the first. */
static int
netbsd_fini(struct module *m, struct outcome *o)
{
	const modinfo_t *const *set = NULL;
	struct modcall call;

	(void)modset(m, &set);
	for (; m->mod_inited > 0; m->mod_inited--) {
		if (modcmd(m, set + m->mod_inited - 1, MODULE_CMD_FINI, &call,
		    o) == 0 && call.error != 0)
			return outcome_fail(o, STAGE_FINI, call.error,
			    "fini of %s returned %d", call.name, call.error);
	}
	return 0;
}

static int
netbsd_init(struct module *m, struct outcome *o)
{
	const modinfo_t *const *set = NULL;
	unsigned n = modset(m, &set);
	struct modcall call;

	for (; m->mod_inited < n; m->mod_inited++) {
		int error = modcmd(m, set + m->mod_inited, MODULE_CMD_INIT,
		    &call, o);

		if (error == 0 && call.error == 0)
			continue;
		if (error == 0 && !version_accepted(call.version))
			error = outcome_fail(o, STAGE_POLICY, call.error,
			    "%s is built for version %u, this kernel is %u",
			    call.name, call.version, __NetBSD_Version__);
		else if (error == 0)
			error = outcome_fail(o, STAGE_INIT, call.error,
			    "init of %s returned %d", call.name, call.error);

		/* The cause stays the first one; a refusal is moot. */
		struct outcome ignored = { .error = 0 };

		while (netbsd_fini(m, &ignored) != 0)
			m->mod_inited--;
		outcome_clear(&ignored);
		return error;
	}
	return 0;
}

struct linuxcall {
	uintptr_t	va;
	int		result;
};

static void
linux_init_call(void *p)
{
	struct linuxcall *call = p;

	call->result = ((int (*)(void))call->va)();
}

static void
linux_exit_call(void *p)
{
	struct linuxcall *call = p;

	((void (*)(void))call->va)();
}

static int
linux_init(struct module *m, struct outcome *o)
{
	struct linuxcall call = { (uintptr_t)m->mod_linkinfo->init_va, 0 };
	struct wire_oops oops;
	int error;

	if (call.va == 0)
		return 0;
	error = guard_module(m, linux_init_call, &call,
	    bootinfo.init_budget_ns, &oops);
	if (error != 0)
		return outcome_oops(o, STAGE_INIT, error, &oops,
		    "init_module");
	if (call.result != 0)
		return outcome_fail(o, STAGE_INIT,
		    call.result < 0 ? -call.result : call.result,
		    "init_module returned %d", call.result);
	return 0;
}

static int
linux_fini(struct module *m, struct outcome *o)
{
	struct linuxcall call = { (uintptr_t)m->mod_linkinfo->fini_va, 0 };
	struct wire_oops oops;
	int error;

	if (call.va == 0 && m->mod_linkinfo->init_va != 0)
		return outcome_fail(o, STAGE_FINI, EBUSY,
		    "%s has an init function but no exit function, so it "
		    "cannot be unloaded", m->mod_name);
	if (call.va == 0)
		return 0;
	error = guard_module(m, linux_exit_call, &call,
	    bootinfo.init_budget_ns, &oops);
	if (error != 0)
		(void)outcome_oops(o, STAGE_FINI, error, &oops,
		    "cleanup_module");
	return 0;
}

int
module_init(struct module *m, struct outcome *o)
{
	switch (m->mod_manifest->flavour) {
	case FLAVOUR_NETBSD:
		return netbsd_init(m, o);
	case FLAVOUR_LINUX:
		return linux_init(m, o);
	default:
		return 0;
	}
}

int
module_fini(struct module *m, struct outcome *o)
{
	switch (m->mod_manifest->flavour) {
	case FLAVOUR_NETBSD:
		return netbsd_fini(m, o);
	case FLAVOUR_LINUX:
		return linux_fini(m, o);
	default:
		return 0;
	}
}
