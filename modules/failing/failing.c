/*
 * Init refuses, and forgets what it allocated: the kernel takes it back.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, failing, NULL);

static char *buffer;

static int
failing_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		buffer = kmem_zalloc(100);
		printf("failing: %s memory, but no device\n",
		    buffer != NULL ? "there is" : "there is no");
		return EINVAL;
	default:
		return ENOTTY;
	}
}
