/*
 * Time for Linux modules, all of it virtual: jiffies, clocks, delays.  The
 * kernel has no tick of its own, but modules wait for jiffies to change, so
 * there is one while their code runs.
 */
#include "linux.h"

/* Linux starts it so that it overflows in five minutes; and counts on. */
#define INITIAL_JIFFIES	((unsigned long)(unsigned)(-300 * LINUX_HZ))

volatile unsigned long linux_jiffies = INITIAL_JIFFIES;
EXPORT_LINUX("jiffies", linux_jiffies);

static volatile uint64_t linux_jiffies_64 = INITIAL_JIFFIES;
static uint64_t next_tick = TICK_NS;

uint64_t
linux_tick_due(void)
{
	return next_tick;
}

void
linux_tick(void)
{
	uint64_t ticks = nanouptime() / TICK_NS;

	linux_jiffies = INITIAL_JIFFIES + (unsigned long)ticks;
	linux_jiffies_64 = INITIAL_JIFFIES + ticks;
	next_tick = (ticks + 1) * TICK_NS;
}

LINUX(uint64_t, get_jiffies_64, (void))
{
	return linux_jiffies_64;
}

/* -- Clocks: there is one, which starts at power-on.  The time of day starts
 * at the epoch with it. */

#define CLOCK(macro, name)						\
	macro(int64_t, name, (void))					\
	{								\
		return (int64_t)nanouptime();				\
	}

CLOCK(LINUX_GPL, ktime_get)
CLOCK(LINUX_GPL, ktime_get_raw)
CLOCK(LINUX_GPL, ktime_get_mono_fast_ns)
CLOCK(LINUX_GPL, ktime_get_boot_fast_ns)
CLOCK(LINUX_GPL, ktime_get_raw_fast_ns)
CLOCK(LINUX_GPL, ktime_get_real_fast_ns)
CLOCK(LINUX_GPL, sched_clock)
CLOCK(LINUX_GPL, local_clock)

LINUX_GPL(int64_t, ktime_get_with_offset, (int which))
{
	return (int64_t)nanouptime();
}

LINUX_GPL(int64_t, ktime_get_coarse_with_offset, (int which))
{
	return (int64_t)nanouptime();
}

LINUX_GPL(int64_t, ktime_get_seconds, (void))
{
	return (int64_t)(nanouptime() / 1000000000U);
}

LINUX_GPL(int64_t, ktime_get_real_seconds, (void))
{
	return (int64_t)(nanouptime() / 1000000000U);
}

struct timespec64 {
	int64_t	tv_sec;
	long	tv_nsec;
};

static void
now(struct timespec64 *ts)
{
	uint64_t ns = nanouptime();

	ts->tv_sec = (int64_t)(ns / 1000000000U);
	ts->tv_nsec = (long)(ns % 1000000000U);
}

LINUX(void, ktime_get_real_ts64, (struct timespec64 *ts))
{
	now(ts);
}

LINUX_GPL(void, ktime_get_ts64, (struct timespec64 *ts))
{
	now(ts);
}

LINUX(void, ktime_get_coarse_real_ts64, (struct timespec64 *ts))
{
	now(ts);
}

LINUX(void, ktime_get_coarse_ts64, (struct timespec64 *ts))
{
	now(ts);
}

LINUX(void, ktime_get_raw_ts64, (struct timespec64 *ts))
{
	now(ts);
}

/* -- Conversions, rounded up as Linux rounds them. */

#define MAX_JIFFY_OFFSET	((unsigned long)((~0UL >> 1) - 1))

LINUX(unsigned long, __msecs_to_jiffies, (unsigned ms))
{
	return (int)ms < 0 ? MAX_JIFFY_OFFSET :
	    (ms + 1000 / LINUX_HZ - 1) / (1000 / LINUX_HZ);
}

LINUX(unsigned long, __usecs_to_jiffies, (unsigned us))
{
	return (us + 1000000 / LINUX_HZ - 1) / (1000000 / LINUX_HZ);
}

LINUX(unsigned, jiffies_to_msecs, (unsigned long j))
{
	return (unsigned)j * (1000 / LINUX_HZ);
}

LINUX(unsigned, jiffies_to_usecs, (unsigned long j))
{
	return (unsigned)j * (1000000 / LINUX_HZ);
}

LINUX(uint64_t, jiffies64_to_nsecs, (uint64_t j))
{
	return j * TICK_NS;
}

LINUX_GPL(unsigned long, nsecs_to_jiffies, (uint64_t ns))
{
	return (unsigned long)(ns / TICK_NS);
}

LINUX(uint64_t, nsecs_to_jiffies64, (uint64_t ns))
{
	return ns / TICK_NS;
}

LINUX(uint64_t, jiffies_64_to_clock_t, (uint64_t j))
{
	return j * 100 / LINUX_HZ;
}

LINUX(unsigned long, jiffies_to_clock_t, (unsigned long j))
{
	return (unsigned long)((uint64_t)j * 100 / LINUX_HZ);
}

LINUX(unsigned long, clock_t_to_jiffies, (unsigned long c))
{
	return (unsigned long)((uint64_t)c * LINUX_HZ / 100);
}

/* -- Delays.  Those that do not sleep let the time pass all the same: code is
 * what makes it pass, so they count on the clock. */

static void
spin(uint64_t ns)
{
	uint64_t until = nanouptime() + ns;

	while (nanouptime() < until)
		continue;
}

static void
sleep(uint64_t ns, const void *caller, const char *function)
{
	might_sleep(caller, function);
	delay(ns);
	linux_tick();
}

/* In units of 2^-32 s, as the macro udelay() has them. */
LINUX(void, __const_udelay, (unsigned long xloops))
{
	spin((uint64_t)xloops * 1000000000U >> 32);
}

LINUX(void, __udelay, (unsigned long us))
{
	spin((uint64_t)us * 1000);
}

LINUX(void, __ndelay, (unsigned long ns))
{
	spin(ns);
}

LINUX(void, __delay, (unsigned long loops))
{
	spin(loops);
}

LINUX(void, msleep, (unsigned ms))
{
	sleep((uint64_t)ms * 1000000, CALLER, "msleep");
}

LINUX(unsigned long, msleep_interruptible, (unsigned ms))
{
	sleep((uint64_t)ms * 1000000, CALLER, "msleep_interruptible");
	return 0;
}

LINUX(void, usleep_range_state,
    (unsigned long least, unsigned long most, unsigned state))
{
	sleep((uint64_t)least * 1000, CALLER, "usleep_range");
}

LINUX_GPL(int, schedule_hrtimeout, (int64_t *expires, int mode))
{
	uint64_t at = expires != NULL ? (uint64_t)*expires : 0;

	if (at > nanouptime())
		sleep(at - nanouptime(), CALLER, "schedule_hrtimeout");
	return 0;
}
