/*
 * Two modules in one object.  Their init functions run in the order of the
 * linker set, their fini functions in reverse.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, castor, NULL);
MODULE(MODULE_CLASS_MISC, pollux, NULL);

static int
report(const char *name, modcmd_t cmd)
{
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("twins: %s comes\n", name);
		return 0;
	case MODULE_CMD_FINI:
		printf("twins: %s goes\n", name);
		return 0;
	default:
		return ENOTTY;
	}
}

static int
castor_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	return report("castor", cmd);
}

static int
pollux_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	return report("pollux", cmd);
}
