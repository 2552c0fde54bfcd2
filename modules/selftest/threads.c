/*
 * Threads, sleeping, virtual time and mutexes.
 */
#include "selftest.h"

static char trace[8];
static unsigned traced;

static void
yielder(void *arg)
{
	for (int i = 0; i < 3; i++) {
		trace[traced++] = *(const char *)arg;
		thread_yield();
	}
}

SELFTEST(threads_take_turns)
{
	struct thread *a, *b;

	traced = 0;
	thread_yield();		/* a fresh slice: nobody interrupts us */
	a = thread_create("a", yielder, "a");
	b = thread_create("b", yielder, "b");
	CHECK(a != NULL && b != NULL);
	CHECK(thread_id(a) != thread_id(b) && a != thread_self());
	thread_join(a);
	thread_join(b);
	CHECK(traced == 6);
	CHECK(memcmp(trace, "ababab", 6) == 0);
	return 0;
}

static volatile bool other_ran;

static void
busy_until_other_ran(void *arg)
{
	(void)arg;
	while (!other_ran)
		continue;
}

static void
other(void *arg)
{
	(void)arg;
	other_ran = true;
}

SELFTEST(a_busy_loop_is_preempted)
{
	struct thread *a, *b;

	other_ran = false;
	a = thread_create("busy", busy_until_other_ran, NULL);
	b = thread_create("other", other, NULL);
	CHECK(a != NULL && b != NULL);
	thread_join(a);
	thread_join(b);
	return 0;
}

/* Registers survive being preempted: sums that only add up if they do. */
static void
summer(void *arg)
{
	volatile uint64_t *result = arg;
	uint64_t a = 1, b = 2, c = 3, d = 5;

	for (unsigned i = 0; i < 300000; i++) {
		a += b ^ i;
		b += c;
		c = (c << 1 | c >> 63) + d;
		d ^= a;
	}
	*result = a + b + c + d;
}

SELFTEST(preemption_keeps_registers)
{
	static volatile uint64_t expected, result[3];
	struct thread *t[3];

	summer((void *)(uintptr_t)&expected);
	for (int i = 0; i < 3; i++) {
		result[i] = 0;
		t[i] = thread_create("summer", summer,
		    (void *)(uintptr_t)&result[i]);
		CHECK(t[i] != NULL);
	}
	for (int i = 0; i < 3; i++)
		thread_join(t[i]);
	for (int i = 0; i < 3; i++)
		CHECK(result[i] == expected);
	return 0;
}

static volatile int stage;

static void
waker(void *arg)
{
	(void)arg;
	stage = 1;
	wakeup((const void *)(uintptr_t)&stage);
	while (stage != 2)
		(void)tsleep((const void *)(uintptr_t)&stage,
		    nanouptime() + MS);
	stage = 3;
	wakeup((const void *)(uintptr_t)&stage);
}

SELFTEST(wakeup_ends_a_sleep)
{
	const void *channel = (const void *)(uintptr_t)&stage;
	struct thread *t;

	stage = 0;
	t = thread_create("waker", waker, NULL);
	CHECK(t != NULL);
	while (stage != 1)
		CHECK(tsleep(channel, nanouptime() + 100 * MS) == 0);
	stage = 2;
	wakeup(channel);
	while (stage != 3)
		(void)tsleep(channel, nanouptime() + MS);
	thread_join(t);
	return 0;
}

SELFTEST(a_sleep_ends_at_its_deadline)
{
	static const char nobody;
	uint64_t deadline = nanouptime() + 3 * MS;

	CHECK(tsleep(&nobody, deadline) == ETIMEDOUT);
	CHECK(nanouptime() >= deadline);
	CHECK(nanouptime() < deadline + MS);
	return 0;
}

SELFTEST(delay_advances_time)
{
	uint64_t before = nanouptime();

	delay(50 * MS);

	uint64_t took = nanouptime() - before;

	CHECK(took >= 50 * MS);
	CHECK(took < 51 * MS);
	return 0;
}

static struct mutex lock;
static volatile int inside, most, entered;

static void
locker(void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++) {
		mutex_enter(&lock);
		inside++;
		if (inside > most)
			most = inside;
		entered++;
		thread_yield();
		delay(MS / 10);
		inside--;
		mutex_exit(&lock);
		thread_yield();
	}
}

SELFTEST(a_mutex_excludes)
{
	struct thread *a, *b;

	mutex_init(&lock);
	inside = most = entered = 0;
	a = thread_create("a", locker, NULL);
	b = thread_create("b", locker, NULL);
	CHECK(a != NULL && b != NULL);
	thread_join(a);
	thread_join(b);
	CHECK(most == 1);
	CHECK(entered == 10);
	CHECK(!mutex_owned(&lock));
	return 0;
}

static void
dies_with_lock(void *arg)
{
	(void)arg;
	mutex_enter(&lock);
	thread_exit();
}

SELFTEST(a_dead_thread_holds_no_mutex)
{
	struct thread *t;

	mutex_init(&lock);
	t = thread_create("dies", dies_with_lock, NULL);
	CHECK(t != NULL);
	thread_join(t);
	mutex_enter(&lock);
	CHECK(mutex_owned(&lock));
	mutex_exit(&lock);
	return 0;
}

static void
faults(void *arg)
{
	*(volatile int *)arg = 1;
}

SELFTEST(a_faulting_thread_ends_alone)
{
	struct thread *t = thread_create("faults", faults, NULL);

	CHECK(t != NULL);
	thread_join(t);
	return 0;
}

SELFTEST(many_threads_come_and_go)
{
	struct thread *t[8];

	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 8; i++) {
			t[i] = thread_create("one of many", other, NULL);
			CHECK(t[i] != NULL);
		}
		for (int i = 0; i < 8; i++)
			thread_join(t[i]);
	}
	return 0;
}
