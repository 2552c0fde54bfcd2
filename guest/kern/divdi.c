/*
 * 64-bit division for 32-bit CPUs, under the names compilers call.  On
 * 64-bit ones nothing calls these, but they are there, so that the export
 * list is the same everywhere.
 */
#include "defs.h"
#include "export.h"

uint64_t	__udivdi3(uint64_t, uint64_t);
uint64_t	__umoddi3(uint64_t, uint64_t);
int64_t		__divdi3(int64_t, int64_t);
int64_t		__moddi3(int64_t, int64_t);
uint64_t	__udivmoddi4(uint64_t, uint64_t, uint64_t *);
int64_t		__divmoddi4(int64_t, int64_t, int64_t *);

/* In each function, because the fault is the one of the function's caller. */
#define CHECK_DIVISOR(d) do {						\
	if ((d) == 0)							\
		PANIC_CALLER("64-bit division by zero");		\
} while (0)

static unsigned
top_bit(uint64_t v)
{
	uint32_t high = (uint32_t)(v >> 32);

	return high != 0 ? 63 - (unsigned)__builtin_clz(high) :
	    31 - (unsigned)__builtin_clz((uint32_t)v);
}

static uint64_t
divide(uint64_t n, uint64_t d, uint64_t *remainder)
{
	uint64_t quotient = 0;

	if (d > n) {
		*remainder = n;
		return 0;
	}
	if (n >> 32 == 0) {
		*remainder = (uint32_t)n % (uint32_t)d;
		return (uint32_t)n / (uint32_t)d;
	}
	/* Schoolbook, a bit at a time. */
	unsigned shift = top_bit(n) - top_bit(d);

	for (d <<= shift;; d >>= 1) {
		quotient <<= 1;
		if (n >= d) {
			n -= d;
			quotient |= 1;
		}
		if (shift-- == 0)
			break;
	}
	*remainder = n;
	return quotient;
}

static int64_t
divide_signed(int64_t n, int64_t d, int64_t *remainder)
{
	uint64_t r;
	uint64_t q = divide(n < 0 ? -(uint64_t)n : (uint64_t)n,
	    d < 0 ? -(uint64_t)d : (uint64_t)d, &r);

	*remainder = (int64_t)(n < 0 ? -r : r);
	return (int64_t)((n < 0) != (d < 0) ? -q : q);
}

uint64_t
__udivdi3(uint64_t n, uint64_t d)
{
	uint64_t r;

	CHECK_DIVISOR(d);
	return divide(n, d, &r);
}

uint64_t
__umoddi3(uint64_t n, uint64_t d)
{
	uint64_t r;

	CHECK_DIVISOR(d);
	(void)divide(n, d, &r);
	return r;
}

uint64_t
__udivmoddi4(uint64_t n, uint64_t d, uint64_t *remainder)
{
	uint64_t r, q;

	CHECK_DIVISOR(d);
	q = divide(n, d, &r);
	if (remainder != NULL)
		*remainder = r;
	return q;
}

int64_t
__divdi3(int64_t n, int64_t d)
{
	int64_t r;

	CHECK_DIVISOR(d);
	return divide_signed(n, d, &r);
}

int64_t
__moddi3(int64_t n, int64_t d)
{
	int64_t r;

	CHECK_DIVISOR(d);
	(void)divide_signed(n, d, &r);
	return r;
}

int64_t
__divmoddi4(int64_t n, int64_t d, int64_t *remainder)
{
	int64_t r, q;

	CHECK_DIVISOR(d);
	q = divide_signed(n, d, &r);
	if (remainder != NULL)
		*remainder = r;
	return q;
}

EXPORT(__udivdi3);
EXPORT(__umoddi3);
EXPORT(__udivmoddi4);
EXPORT(__divdi3);
EXPORT(__moddi3);
EXPORT(__divmoddi4);
