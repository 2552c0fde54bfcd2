/*
 * Bitmaps: sets of numbers below a bound, in arrays of unsigned long.  Bits of
 * the last word beyond the bound do not count, and may become anything.
 */
#include "linux.h"

#define WORD_BITS	(8U * sizeof(unsigned long))
#define WORDS(bits)	(((bits) + WORD_BITS - 1) / WORD_BITS)

/* Of word i, those that are below the bound. */
static unsigned long
below(unsigned i, unsigned bits)
{
	unsigned left = bits - i * WORD_BITS;

	return left >= WORD_BITS ? ~0UL : (1UL << left) - 1;
}

static bool
test_bit(const unsigned long *map, unsigned bit)
{
	return map[bit / WORD_BITS] >> bit % WORD_BITS & 1;
}

static void
set_bits(unsigned long *map, unsigned start, unsigned n, bool value)
{
	for (unsigned bit = start; bit < start + n; bit++) {
		unsigned long mask = 1UL << bit % WORD_BITS;

		if (value)
			map[bit / WORD_BITS] |= mask;
		else
			map[bit / WORD_BITS] &= ~mask;
	}
}

LINUX(void, __bitmap_set, (unsigned long *map, unsigned start, int n))
{
	set_bits(map, start, (unsigned)n, true);
}

LINUX(void, __bitmap_clear, (unsigned long *map, unsigned start, int n))
{
	set_bits(map, start, (unsigned)n, false);
}

/* Word by word; the answer is whether anything is left that counts. */
#define COMBINE(result, name, operation)				\
	LINUX(result, name, (unsigned long *to, const unsigned long *a,	\
	    const unsigned long *b, unsigned bits))			\
	{								\
		unsigned long any = 0;					\
									\
		for (unsigned i = 0; i < WORDS(bits); i++) {		\
			to[i] = operation;				\
			any |= to[i] & below(i, bits);			\
		}							\
		return (result)(any != 0);				\
	}

#define COMBINE_ALL(name, operation)					\
	LINUX(void, name, (unsigned long *to, const unsigned long *a,	\
	    const unsigned long *b, unsigned bits))			\
	{								\
		for (unsigned i = 0; i < WORDS(bits); i++)		\
			to[i] = operation;				\
	}

COMBINE(bool, __bitmap_and, a[i] & b[i] & below(i, bits))
COMBINE(bool, __bitmap_andnot, a[i] & ~b[i] & below(i, bits))
COMBINE_ALL(__bitmap_or, a[i] | b[i])
COMBINE_ALL(__bitmap_xor, a[i] ^ b[i])

LINUX(void, __bitmap_replace, (unsigned long *to, const unsigned long *a,
    const unsigned long *b, const unsigned long *which, unsigned bits))
{
	for (unsigned i = 0; i < WORDS(bits); i++)
		to[i] = (a[i] & ~which[i]) | (b[i] & which[i]);
}

LINUX(void, __bitmap_complement,
    (unsigned long *to, const unsigned long *from, unsigned bits))
{
	for (unsigned i = 0; i < WORDS(bits); i++)
		to[i] = ~from[i];
}

/* Whether an expression is zero in all words. */
#define ALL_ZERO(name, expression)					\
	LINUX(bool, name, (const unsigned long *a,			\
	    const unsigned long *b, unsigned bits))			\
	{								\
		for (unsigned i = 0; i < WORDS(bits); i++)		\
			if (((expression) & below(i, bits)) != 0)	\
				return false;				\
		return true;						\
	}

ALL_ZERO(__bitmap_equal, a[i] ^ b[i])
ALL_ZERO(__bitmap_subset, a[i] & ~b[i])

LINUX(bool, __bitmap_intersects,
    (const unsigned long *a, const unsigned long *b, unsigned bits))
{
	for (unsigned i = 0; i < WORDS(bits); i++)
		if ((a[i] & b[i] & below(i, bits)) != 0)
			return true;
	return false;
}

static unsigned
weight(const unsigned long *a, const unsigned long *b, unsigned bits)
{
	unsigned n = 0;

	for (unsigned i = 0; i < WORDS(bits); i++)
		n += (unsigned)linux_hweight64(a[i] & b[i] & below(i, bits));
	return n;
}

LINUX(unsigned, __bitmap_weight, (const unsigned long *map, unsigned bits))
{
	return weight(map, map, bits);
}

LINUX(unsigned, __bitmap_weight_and,
    (const unsigned long *a, const unsigned long *b, unsigned bits))
{
	return weight(a, b, bits);
}

LINUX(void, __bitmap_shift_right, (unsigned long *to,
    const unsigned long *from, unsigned shift, unsigned bits))
{
	for (unsigned bit = 0; bit < bits; bit++)
		set_bits(to, bit, 1,
		    bit + shift < bits && test_bit(from, bit + shift));
}

LINUX(void, __bitmap_shift_left, (unsigned long *to,
    const unsigned long *from, unsigned shift, unsigned bits))
{
	for (unsigned bit = bits; bit-- > 0;)
		set_bits(to, bit, 1,
		    bit >= shift && test_bit(from, bit - shift));
}

/* n zeros from start on, whose first bit plus offset has no bits of mask;
 * answers something beyond the bound when there is no such place. */
LINUX(unsigned long, bitmap_find_next_zero_area_off,
    (unsigned long *map, unsigned long bits, unsigned long start, unsigned n,
    unsigned long mask, unsigned long offset))
{
	for (;;) {
		unsigned long i = 0;

		while (start < bits && test_bit(map, (unsigned)start))
			start++;
		start = ((start + offset + mask) & ~mask) - offset;
		if (start + n > bits)
			return start + n;
		while (i < n && !test_bit(map, (unsigned)(start + i)))
			i++;
		if (i == n)
			return start;
		start += i + 1;
	}
}

/* Regions are 2^order bits at a multiple of their size. */
static bool
is_free(const unsigned long *map, unsigned start, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (test_bit(map, start + i))
			return false;
	return true;
}

LINUX(int, bitmap_find_free_region,
    (unsigned long *map, unsigned bits, int order))
{
	unsigned n = 1U << order;

	for (unsigned at = 0; at + n <= bits; at += n)
		if (is_free(map, at, n)) {
			set_bits(map, at, n, true);
			return (int)at;
		}
	return -ENOMEM;
}

LINUX(void, bitmap_release_region, (unsigned long *map, unsigned at, int order))
{
	set_bits(map, at, 1U << order, false);
}

LINUX(int, bitmap_allocate_region, (unsigned long *map, unsigned at, int order))
{
	if (!is_free(map, at, 1U << order))
		return -EBUSY;
	set_bits(map, at, 1U << order, true);
	return 0;
}

LINUX(unsigned long *, bitmap_alloc, (unsigned bits, gfp_t flags))
{
	return linux_alloc(WORDS(bits) * sizeof(long), flags, CALLER);
}

LINUX(unsigned long *, bitmap_zalloc, (unsigned bits, gfp_t flags))
{
	return linux_alloc(WORDS(bits) * sizeof(long), flags | GFP_ZERO,
	    CALLER);
}

LINUX(unsigned long *, bitmap_alloc_node,
    (unsigned bits, gfp_t flags, int node))
{
	return linux_alloc(WORDS(bits) * sizeof(long), flags, CALLER);
}

LINUX(unsigned long *, bitmap_zalloc_node,
    (unsigned bits, gfp_t flags, int node))
{
	return linux_alloc(WORDS(bits) * sizeof(long), flags | GFP_ZERO,
	    CALLER);
}

LINUX(void, bitmap_free, (const unsigned long *map))
{
	linux_free(map);
}

/* Between bitmaps and arrays of 32-bit words, which a little-endian machine
 * has as the same bytes. */
LINUX(void, bitmap_from_arr32,
    (unsigned long *map, const uint32_t *from, unsigned bits))
{
	for (unsigned i = 0; i < WORDS(bits); i++)
		map[i] = 0;
	for (unsigned bit = 0; bit < bits; bit++)
		if (from[bit / 32] >> bit % 32 & 1)
			set_bits(map, bit, 1, true);
}

LINUX(void, bitmap_to_arr32,
    (uint32_t *to, const unsigned long *map, unsigned bits))
{
	for (unsigned i = 0; i < (bits + 31) / 32; i++)
		to[i] = 0;
	for (unsigned bit = 0; bit < bits; bit++)
		if (test_bit(map, bit))
			to[bit / 32] |= 1U << bit % 32;
}
