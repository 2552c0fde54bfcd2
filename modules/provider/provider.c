/*
 * A module others build on: consumer requires it and calls provider_sum().
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, provider, NULL);

int	provider_sum(const int *, size_t);

int
provider_sum(const int *v, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum;
}

static int
provider_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("provider: ready\n");
		return 0;
	case MODULE_CMD_FINI:
		printf("provider: done\n");
		return 0;
	default:
		return ENOTTY;
	}
}
