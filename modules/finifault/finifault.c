/*
 * Loads well, and faults when it is to go: it goes all the same.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, finifault, NULL);

static volatile int *counter;		/* never set */

static int
finifault_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("finifault: loaded\n");
		return 0;
	case MODULE_CMD_FINI:
		printf("finifault: counting down\n");
		*counter = 0;
		return 0;
	default:
		return ENOTTY;
	}
}
