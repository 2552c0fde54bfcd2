/*
 * The module system, asked from inside the guest.
 */
#include "selftest.h"

SELFTEST(modctl_knows_this_module)
{
	static modstat_t all[16];
	modctl_stat_t args = { .ms_buffer = all, .ms_count = 16 };
	size_t i;

	CHECK(modctl(MODCTL_EXISTS, (void *)(uintptr_t)"selftest") == 0);
	CHECK(modctl(MODCTL_EXISTS, (void *)(uintptr_t)"nobody") == ENOENT);
	CHECK(modctl(MODCTL_STAT, &args) == 0);
	CHECK(args.ms_count >= 1 && args.ms_count <= 16);
	for (i = 0; i < args.ms_count; i++)
		if (strcmp(all[i].ms_name, "selftest") == 0)
			break;
	CHECK(i < args.ms_count);
	CHECK(all[i].ms_size > 0 && all[i].ms_addr != 0);
	CHECK(all[i].ms_class == MODULE_CLASS_MISC);
	return 0;
}

SELFTEST(modctl_refuses)
{
	modctl_load_t load = { .ml_filename = "there_is_no_such_module" };

	CHECK(modctl(MODCTL_LOAD, &load) == ENOENT);
	CHECK(modctl(MODCTL_UNLOAD, (void *)(uintptr_t)"nobody") == ENOENT);
	CHECK(modctl(MODCTL_LOAD, NULL) == EINVAL);
	CHECK(modctl(99, &load) == EINVAL);
	/* This very call is what holds it. */
	CHECK(modctl(MODCTL_UNLOAD, (void *)(uintptr_t)"selftest") == EBUSY);
	return 0;
}
