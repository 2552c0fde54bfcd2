/*
 * A planted bug: init waits, busily, for something that never happens.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, spin, NULL);

static volatile int ready;

static int
spin_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("spin: waiting\n");
		while (!ready)
			continue;
		return 0;
	case MODULE_CMD_FINI:
		return 0;
	default:
		return ENOTTY;
	}
}
