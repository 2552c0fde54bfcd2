/*
 * The kernel tests itself: the entry points that the host calls for each
 * test, and the module around them.  The tests are in the other files.
 */
#include "selftest.h"

MODULE(MODULE_CLASS_MISC, selftest, NULL);

extern const struct selftest *const __start_link_set_selftests[];
extern const struct selftest *const __stop_link_set_selftests[];

int		selftest_count(void);
const char	*selftest_name(int);
int		selftest_run(int);

int
selftest_count(void)
{
	return (int)(__stop_link_set_selftests - __start_link_set_selftests);
}

const char *
selftest_name(int i)
{
	return __start_link_set_selftests[i]->name;
}

/* 0, or the line of the check that failed. */
int
selftest_run(int i)
{
	int line = __start_link_set_selftests[i]->fn();

	kmem_check();
	return line;
}

static int
selftest_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
	case MODULE_CMD_FINI:
		return 0;
	default:
		return ENOTTY;
	}
}
