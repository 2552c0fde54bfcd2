/*
 * A self-test is a function that answers 0, or the line of the check that
 * failed.  SELFTEST(name) { ... } writes one and enters it in the linker set
 * that selftest.c walks; they run in the order of the set.
 */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <sys/guard.h>
#include <sys/module.h>
#include <sys/selftest.h>
#include <sys/thread.h>

struct selftest {
	const char	*name;
	int		(*fn)(void);
};

#define SELFTEST(id)							\
	static int test_##id(void);					\
	static const struct selftest selftest_##id = {			\
		.name = #id, .fn = test_##id				\
	};								\
	__link_set_add(selftests, selftest_##id);			\
	static int							\
	test_##id(void)

#define CHECK(e)	do { if (!(e)) return __LINE__; } while (0)

#define MS		1000000ULL	/* nanoseconds */

#endif /* SELFTEST_H */
