/*
 * Exceptions, page permissions, guards and the watchdog: each fault comes
 * back from guard_call(), and the record says what it was.
 */
#include "selftest.h"

static const volatile int readonly = 1;
static uint32_t not_code[4];

static void
read_at(void *p)
{
	(void)*(volatile unsigned char *)p;
}

static void
write_at(void *p)
{
	*(volatile unsigned char *)p = 0;
}

static void
jump_to(void *p)
{
	((void (*)(void))(uintptr_t)p)();
}

static bool
page_fault_at(void (*fn)(void *), const volatile void *p, unsigned access)
{
	struct wire_oops oops;

	return guard_call(fn, (void *)(uintptr_t)p, 0, &oops) == EFAULT &&
	    oops.kind == OOPS_PAGE_FAULT && oops.access == access &&
	    oops.address == (uintptr_t)p &&
	    oops.thread == thread_id(thread_self());
}

SELFTEST(a_good_call_is_no_fault)
{
	int x = 1;

	CHECK(guard_call(write_at, &x, 0, NULL) == 0);
	CHECK(guard_call(read_at, (void *)(uintptr_t)&readonly, 0, NULL) == 0);
	return 0;
}

SELFTEST(null_is_not_mapped)
{
	CHECK(page_fault_at(read_at, NULL, ACCESS_READ));
	CHECK(page_fault_at(write_at, NULL, ACCESS_WRITE));
	CHECK(page_fault_at(read_at, (void *)0xfff, ACCESS_READ));
	return 0;
}

SELFTEST(kernel_text_is_read_only)
{
	CHECK(page_fault_at(write_at, (void *)(uintptr_t)printf,
	    ACCESS_WRITE));
	return 0;
}

SELFTEST(module_text_is_read_only)
{
	CHECK(page_fault_at(write_at, (void *)(uintptr_t)read_at,
	    ACCESS_WRITE));
	return 0;
}

SELFTEST(read_only_data_is_read_only)
{
	CHECK(page_fault_at(write_at, &readonly, ACCESS_WRITE));
	CHECK(readonly == 1);
	return 0;
}

SELFTEST(data_does_not_execute)
{
	if (MACHINE_NX)
		CHECK(page_fault_at(jump_to, not_code, ACCESS_EXEC));
	return 0;
}

SELFTEST(null_does_not_execute)
{
	CHECK(page_fault_at(jump_to, NULL, ACCESS_EXEC));
	return 0;
}

static void
undefined(void *arg)
{
	(void)arg;
	cpu_undefined();
}

static void
breakpoint(void *arg)
{
	(void)arg;
	cpu_breakpoint();
}

static void
syscall(void *arg)
{
	(void)arg;
	cpu_syscall();
}

static bool
faults_as(void (*fn)(void *), unsigned kind)
{
	struct wire_oops oops;

	return guard_call(fn, NULL, 0, &oops) == EFAULT && oops.kind == kind &&
	    oops.pc != 0 && oops.nregs > 8 && oops.nframes > 0;
}

SELFTEST(exceptions_have_their_kind)
{
	CHECK(faults_as(undefined, OOPS_UNDEFINED));
	CHECK(faults_as(breakpoint, OOPS_BREAKPOINT));
	CHECK(faults_as(syscall, OOPS_SVC));
	return 0;
}

static void
divide(void *arg)
{
	*(int *)arg = cpu_divide(7, *(int *)arg);
}

SELFTEST(division_by_zero)
{
	struct wire_oops oops;
	int x = 2;

	CHECK(guard_call(divide, &x, 0, &oops) == 0 && x == 3);
	x = 0;
	if (guard_call(divide, &x, 0, &oops) != 0)
		CHECK(oops.kind == OOPS_DIVIDE);
	else
		CHECK(x == 0);
	return 0;
}

static void
fails_assertion(void *arg)
{
	KASSERT(arg != NULL);
}

SELFTEST(an_assertion_is_contained)
{
	struct wire_oops oops;

	CHECK(guard_call(fails_assertion, NULL, 0, &oops) == EFAULT);
	CHECK(oops.kind == OOPS_PANIC && oops.module != 0);
	return 0;
}

static void
spin(void *arg)
{
	(void)arg;
	for (volatile int forever = 1; forever;)
		continue;
}

static void
sleep_forever(void *arg)
{
	for (;;)
		(void)tsleep(arg, 0);
}

SELFTEST(the_watchdog_ends_a_loop)
{
	struct wire_oops oops;
	uint64_t before = nanouptime();

	CHECK(guard_call(spin, NULL, 20 * MS, &oops) == ETIMEDOUT);
	CHECK(oops.kind == OOPS_WATCHDOG && oops.module != 0);
	CHECK(nanouptime() - before >= 20 * MS);
	CHECK(nanouptime() - before < 22 * MS);
	return 0;
}

SELFTEST(the_watchdog_ends_a_sleep)
{
	struct wire_oops oops;

	CHECK(guard_call(sleep_forever, &oops, 5 * MS, &oops) == ETIMEDOUT);
	CHECK(oops.kind == OOPS_WATCHDOG);
	return 0;
}

static int inner_error;

static void
spin_in_inner_guard(void *arg)
{
	/* Its own limit is later: the outer one counts, for both. */
	inner_error = guard_call(spin, arg, 500 * MS, NULL);
	spin(arg);
}

SELFTEST(guards_nest)
{
	uint64_t before = nanouptime();

	inner_error = -1;
	CHECK(guard_call(spin_in_inner_guard, NULL, 10 * MS, NULL) ==
	    ETIMEDOUT);
	CHECK(inner_error == ETIMEDOUT || inner_error == -1);
	CHECK(nanouptime() - before < 20 * MS);
	return 0;
}

static struct mutex outer, inner;

static void
lock_and_fault(void *arg)
{
	mutex_enter(&inner);
	write_at(arg);
}

SELFTEST(a_fault_releases_mutexes)
{
	mutex_init(&outer);
	mutex_init(&inner);
	mutex_enter(&outer);
	CHECK(guard_call(lock_and_fault, NULL, 0, NULL) == EFAULT);
	CHECK(!mutex_owned(&inner));
	CHECK(mutex_owned(&outer));
	mutex_exit(&outer);
	return 0;
}

static void
lock_twice(void *arg)
{
	(void)arg;
	mutex_enter(&inner);
	mutex_enter(&inner);
}

SELFTEST(locking_twice_is_caught)
{
	mutex_init(&inner);
	CHECK(guard_call(lock_twice, NULL, 0, NULL) == EFAULT);
	CHECK(!mutex_owned(&inner));
	return 0;
}
