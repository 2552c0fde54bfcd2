/*
 * 64-bit division for 32-bit CPUs, under the names compilers call.  On
 * 64-bit ones nothing calls these, but they are there, so that the export
 * list is the same everywhere.
 */
#include "defs.h"
#include "export.h"

/* Schoolbook, a bit at a time, unless the CPU can do it. */
uint64_t
__udivmoddi4(uint64_t n, uint64_t d, uint64_t *remainder)
{
	uint64_t quotient = 0, bit = 1;

	if (d == 0)
		panic_caller("64-bit division by zero");
	if ((n | d) >> 32 == 0) {
		*remainder = (uint32_t)n % (uint32_t)d;
		return (uint32_t)n / (uint32_t)d;
	}
	for (; d < n && d >> 63 == 0; d <<= 1)
		bit <<= 1;
	for (; bit != 0; bit >>= 1, d >>= 1)
		if (n >= d) {
			n -= d;
			quotient |= bit;
		}
	*remainder = n;
	return quotient;
}

int64_t
__divmoddi4(int64_t n, int64_t d, int64_t *remainder)
{
	uint64_t r;
	uint64_t q = __udivmoddi4(n < 0 ? -(uint64_t)n : (uint64_t)n,
	    d < 0 ? -(uint64_t)d : (uint64_t)d, &r);

	*remainder = (int64_t)(n < 0 ? -r : r);
	return (int64_t)((n < 0) != (d < 0) ? -q : q);
}

uint64_t
__udivdi3(uint64_t n, uint64_t d)
{
	uint64_t r;

	return __udivmoddi4(n, d, &r);
}

uint64_t
__umoddi3(uint64_t n, uint64_t d)
{
	uint64_t r;

	(void)__udivmoddi4(n, d, &r);
	return r;
}

int64_t
__divdi3(int64_t n, int64_t d)
{
	int64_t r;

	return __divmoddi4(n, d, &r);
}

int64_t
__moddi3(int64_t n, int64_t d)
{
	int64_t r;

	(void)__divmoddi4(n, d, &r);
	return r;
}

EXPORT(__udivmoddi4);
EXPORT(__divmoddi4);
EXPORT(__udivdi3);
EXPORT(__umoddi3);
EXPORT(__divdi3);
EXPORT(__moddi3);
