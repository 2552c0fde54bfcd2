/*
 * What is wrong here shows only when memory is short: modbox run --fail-nth.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, careless, NULL);

static char *name, *buffer, *table;

static int
start(void)
{
	name = kmem_alloc(32);
	if (name == NULL)
		return ENOMEM;
	buffer = kmem_alloc(512);
	if (buffer == NULL)
		return ENOMEM;		/* and who frees name? */
	table = kmem_alloc(4096);
	if (table == NULL) {
		kmem_free(buffer);
		kmem_free(name);
		return EINVAL;		/* nothing was invalid */
	}
	char *first = kmem_zalloc(8);

	first[0] = 'x';			/* of what? */
	kmem_free(first);
	return 0;
}

static int
careless_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		return start();
	case MODULE_CMD_FINI:
		kmem_free(table);
		kmem_free(buffer);
		kmem_free(name);
		return 0;
	default:
		return ENOTTY;
	}
}
