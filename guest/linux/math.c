/*
 * Integer mathematics, and the divisions that 32-bit kernels export as
 * functions.  A division by zero is a fault of the caller (kern/divdi.c).
 */
#include "linux.h"

static unsigned long
common_divisor(unsigned long a, unsigned long b)
{
	while (b != 0) {
		unsigned long rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static unsigned long
common_multiple(unsigned long a, unsigned long b)
{
	return a != 0 && b != 0 ? a / common_divisor(a, b) * b : 0;
}

LINUX_GPL(unsigned long, gcd, (unsigned long a, unsigned long b))
{
	return common_divisor(a, b);
}

LINUX_GPL(unsigned long, lcm, (unsigned long a, unsigned long b))
{
	return common_multiple(a, b);
}

/* The one that is not zero, when one is. */
LINUX_GPL(unsigned long, lcm_not_zero, (unsigned long a, unsigned long b))
{
	unsigned long multiple = common_multiple(a, b);

	return multiple != 0 ? multiple : b != 0 ? b : a;
}

/* A bit at a time from the top. */
static uint32_t
square_root(uint64_t x)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ULL << 31; bit != 0; bit >>= 1)
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	return (uint32_t)root;
}

LINUX(unsigned long, int_sqrt, (unsigned long x))
{
	return square_root(x);
}

LINUX(uint32_t, int_sqrt64, (uint64_t x))
{
	return square_root(x);
}

LINUX_GPL(uint64_t, int_pow, (uint64_t base, unsigned exponent))
{
	uint64_t result = 1;

	for (; exponent != 0; exponent >>= 1, base *= base)
		if (exponent & 1)
			result *= base;
	return result;
}

/* The fraction with the smallest terms under two bounds that is nearest to
 * given_n / given_d: the convergents, and the best semiconvergent. */
LINUX(void, rational_best_approximation, (unsigned long given_n,
    unsigned long given_d, unsigned long max_n, unsigned long max_d,
    unsigned long *best_n, unsigned long *best_d))
{
	unsigned long n = given_n, d = given_d;
	unsigned long n0 = 0, d0 = 1, n1 = 1, d1 = 0;

	while (d != 0) {
		unsigned long a = n / d, rest = n % d, t;
		unsigned long n2 = n0 + a * n1, d2 = d0 + a * d1;

		if (n2 > max_n || d2 > max_d) {
			t = ~0UL;
			if (d1 != 0)
				t = (max_d - d0) / d1;
			if (n1 != 0 && (max_n - n0) / n1 < t)
				t = (max_n - n0) / n1;
			if (d1 == 0 || 2 * t > a ||
			    (2 * t == a && d0 * d > d1 * rest)) {
				n1 = n0 + t * n1;
				d1 = d0 + t * d1;
			}
			break;
		}
		n = d;
		d = rest;
		n0 = n1, n1 = n2;
		d0 = d1, d1 = d2;
	}
	*best_n = n1;
	*best_d = d1;
}

LINUX(uint64_t, div64_u64, (uint64_t n, uint64_t d))
{
	return n / d;
}

LINUX(uint64_t, div64_u64_rem, (uint64_t n, uint64_t d, uint64_t *rest))
{
	*rest = n % d;
	return n / d;
}

LINUX(int64_t, div64_s64, (int64_t n, int64_t d))
{
	return n / d;
}

LINUX(int64_t, div_s64_rem, (int64_t n, int32_t d, int32_t *rest))
{
	*rest = (int32_t)(n % d);
	return n / d;
}

LINUX(uint32_t, iter_div_u64_rem, (uint64_t n, uint32_t d, uint64_t *rest))
{
	*rest = n % d;
	return (uint32_t)(n / d);
}

/* a * b / c with 128 bits between, a bit at a time; what does not fit into
 * 64 is lost. */
LINUX(uint64_t, mul_u64_u64_div_u64, (uint64_t a, uint64_t b, uint64_t c))
{
	uint64_t quotient = 0, rest = 0;

	/* Horner's rule over the bits of a; rest stays below c. */
	for (int i = 63; i >= 0; i--) {
		bool carry = rest >> 63;

		quotient <<= 1;
		rest <<= 1;
		if (carry || rest >= c) {
			rest -= c;
			quotient++;
		}
		if (a >> i & 1) {
			uint64_t part = b % c;

			quotient += b / c;
			carry = rest + part < rest;
			rest += part;
			if (carry || rest >= c) {
				rest -= c;
				quotient++;
			}
		}
	}
	return quotient;
}
