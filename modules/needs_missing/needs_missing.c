/*
 * Calls a function that exists nowhere: it cannot be linked.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, needs_missing, NULL);

int	missing_function(int);

static int
needs_missing_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		return missing_function(1);
	case MODULE_CMD_FINI:
		return 0;
	default:
		return ENOTTY;
	}
}
