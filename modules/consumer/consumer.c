/*
 * Requires provider, which is therefore loaded first, and calls it in init.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, consumer, "provider");

int	provider_sum(const int *, size_t);

static int
consumer_modcmd(modcmd_t cmd, void *arg)
{
	static const int values[] = { 1, 2, 3, 4 };

	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("consumer: the sum is %d\n",
		    provider_sum(values, __arraycount(values)));
		return 0;
	case MODULE_CMD_FINI:
		printf("consumer: done\n");
		return 0;
	default:
		return ENOTTY;
	}
}
