/*
 * Two hundred calls that can fail, and an init that gives back what it has
 * when one of them does.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, careful, NULL);

#define BLOCKS	200

static void *block[BLOCKS];

static void
give_back(unsigned n)
{
	while (n > 0)
		kmem_free(block[--n]);
}

static int
careful_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	switch (cmd) {
	case MODULE_CMD_INIT:
		for (unsigned i = 0; i < BLOCKS; i++) {
			block[i] = kmem_alloc(16 + i);
			if (block[i] == NULL) {
				give_back(i);
				return ENOMEM;
			}
		}
		printf("careful: has %u blocks\n", BLOCKS);
		return 0;
	case MODULE_CMD_FINI:
		give_back(BLOCKS);
		printf("careful: gave them back\n");
		return 0;
	default:
		return ENOTTY;
	}
}
