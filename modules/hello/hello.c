/*
 * The smallest module: says that it came and that it goes, and has one
 * function worth calling.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, hello, NULL);

int	hello_add(int, int);

int
hello_add(int a, int b)
{
	return a + b;
}

static int
hello_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("hello: here I am\n");
		return 0;
	case MODULE_CMD_FINI:
		printf("hello: good-bye\n");
		return 0;
	default:
		return ENOTTY;
	}
}
