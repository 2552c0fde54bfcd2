/*
 * A planted bug: init follows a list whose last link nobody checked.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, nullderef, NULL);

struct item {
	struct item	*next;
	int		weight;
};

static struct item second = { NULL, 2 };
static struct item first = { &second, 1 };

/* Adds up three weights, of a list of two. */
static __attribute__((__noinline__)) int
weigh(const struct item *item)
{
	int sum = 0;

	for (int i = 0; i < 3; i++) {
		sum += *(const volatile int *)&item->weight;
		item = *(struct item *const volatile *)&item->next;
	}
	return sum;
}

static int
nullderef_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		printf("nullderef: weighing\n");
		printf("nullderef: %d\n", weigh(&first));
		return 0;
	case MODULE_CMD_FINI:
		return 0;
	default:
		return ENOTTY;
	}
}
