/*
 * Functions whose lines and branches can be told in advance: not optimised,
 * so that the compilers of all architectures make the same of them.
 */
#include <sys/module.h>
#include <sys/systm.h>

MODULE(MODULE_CLASS_MISC, branches, NULL);

#define PLAIN __attribute__((optnone, noinline))

PLAIN int
sign(int n)
{
	if (n < 0)
		return -1;
	if (n > 0)
		return 1;
	return 0;
}

PLAIN int
total(int n)
{
	int sum = 0;

	for (int i = 1; i <= n; i++)
		sum += i;
	return sum;
}

PLAIN int
never(int n)
{
	return n + 1;
}

PLAIN int
peek(const int *p)
{
	int n = 1;

	n += *p;
	n *= 2;
	return n;
}

static PLAIN __attribute__((section(".init.text"))) int
prepare(int n)
{
	if (n == 0)
		return 0;
	return sign(n);
}

static PLAIN int
branches_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		return prepare(0);
	case MODULE_CMD_FINI:
		return 0;
	default:
		return ENOTTY;
	}
}
