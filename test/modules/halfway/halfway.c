/*
 * Two modules in one object, the second of which refuses: the first has to
 * be finished again.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, willing, NULL);
MODULE(MODULE_CLASS_MISC, unwilling, NULL);

static int
willing_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("halfway: willing comes\n");
		return 0;
	case MODULE_CMD_FINI:
		printf("halfway: willing goes\n");
		return 0;
	default:
		return ENOTTY;
	}
}

static int
unwilling_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("halfway: unwilling refuses\n");
		return EBUSY;
	default:
		printf("halfway: unwilling is asked to go\n");
		return 0;
	}
}
