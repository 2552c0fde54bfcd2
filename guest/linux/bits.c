/*
 * Finding bits in arrays of unsigned long, counting them, turning them round.
 * All of these answer the size when there is no such bit.
 */
#include "linux.h"

#define WORD_BITS	(8 * sizeof(unsigned long))

/* The first bit of (a & mask-of-b) ^ flip from start on; b may be NULL, and is
 * taken inverted if not_b. */
static unsigned long
search(const unsigned long *a, const unsigned long *b, bool not_b,
    unsigned long flip, unsigned long size, unsigned long start)
{
	while (start < size) {
		unsigned long i = start / WORD_BITS, word = a[i];

		if (b != NULL)
			word &= not_b ? ~b[i] : b[i];
		word = (word ^ flip) & (~0UL << start % WORD_BITS);
		if (word != 0) {
			start = i * WORD_BITS +
			    (unsigned long)__builtin_ctzl(word);
			return start < size ? start : size;
		}
		start = (i + 1) * WORD_BITS;
	}
	return size;
}

#define FIND_FIRST(name, flip)						\
	LINUX(unsigned long, name,					\
	    (const unsigned long *map, unsigned long size))		\
	{								\
		return search(map, NULL, false, flip, size, 0);		\
	}
#define FIND_NEXT(name, flip)						\
	LINUX(unsigned long, name, (const unsigned long *map,		\
	    unsigned long size, unsigned long start))			\
	{								\
		return search(map, NULL, false, flip, size, start);	\
	}

FIND_FIRST(_find_first_bit, 0)
FIND_FIRST(_find_first_zero_bit, ~0UL)
FIND_NEXT(_find_next_bit, 0)
FIND_NEXT(_find_next_zero_bit, ~0UL)

/* The names on ARM. */
FIND_FIRST(_find_first_bit_le, 0)
FIND_FIRST(_find_first_zero_bit_le, ~0UL)
FIND_NEXT(_find_next_bit_le, 0)
FIND_NEXT(_find_next_zero_bit_le, ~0UL)

LINUX(unsigned long, _find_first_and_bit, (const unsigned long *a,
    const unsigned long *b, unsigned long size))
{
	return search(a, b, false, 0, size, 0);
}

LINUX(unsigned long, _find_next_and_bit, (const unsigned long *a,
    const unsigned long *b, unsigned long size, unsigned long start))
{
	return search(a, b, false, 0, size, start);
}

LINUX(unsigned long, _find_next_andnot_bit, (const unsigned long *a,
    const unsigned long *b, unsigned long size, unsigned long start))
{
	return search(a, b, true, 0, size, start);
}

LINUX(unsigned long, _find_last_bit,
    (const unsigned long *map, unsigned long size))
{
	for (unsigned long i = size; i-- > 0;)
		if (map[i / WORD_BITS] >> i % WORD_BITS & 1)
			return i;
	return size;
}

LINUX(unsigned long, __find_nth_bit,
    (const unsigned long *map, unsigned long size, unsigned long n))
{
	unsigned long bit = search(map, NULL, false, 0, size, 0);

	while (n-- > 0 && bit < size)
		bit = search(map, NULL, false, 0, size, bit + 1);
	return bit;
}

/* The next byte that is not zero, and where its bits begin. */
LINUX(unsigned long, find_next_clump8, (unsigned long *clump,
    const unsigned long *map, unsigned long size, unsigned long start))
{
	unsigned long bit = search(map, NULL, false, 0, size, start);

	if (bit == size)
		return size;
	bit -= bit % 8;
	*clump = map[bit / WORD_BITS] >> bit % WORD_BITS & 0xff;
	return bit;
}

/* In parallel: pairs, nibbles, bytes, and their sum. */
unsigned
linux_hweight32(uint32_t w)
{
	w -= w >> 1 & 0x55555555;
	w = (w & 0x33333333) + (w >> 2 & 0x33333333);
	w = (w + (w >> 4)) & 0x0f0f0f0f;
	return w * 0x01010101 >> 24;
}

unsigned long
linux_hweight64(uint64_t w)
{
	return linux_hweight32((uint32_t)w) +
	    linux_hweight32((uint32_t)(w >> 32));
}

LINUX(unsigned, __sw_hweight8, (unsigned w))
{
	return linux_hweight32(w & 0xff);
}

LINUX(unsigned, __sw_hweight16, (unsigned w))
{
	return linux_hweight32(w & 0xffff);
}

LINUX(size_t, memweight, (const void *p, size_t n))
{
	size_t bits = 0;

	for (const uint8_t *s = p; n > 0; n--, s++)
		bits += linux_hweight32(*s);
	return bits;
}

/* Each byte with its bits in reverse: four, two and one by turns. */
#define R1(n)	(n), (n) + 2 * 64, (n) + 1 * 64, (n) + 3 * 64
#define R2(n)	R1(n), R1((n) + 2 * 16), R1((n) + 1 * 16), R1((n) + 3 * 16)
#define R3(n)	R2(n), R2((n) + 2 * 4), R2((n) + 1 * 4), R2((n) + 3 * 4)
static const uint8_t reversed[256] = { R3(0), R3(2), R3(1), R3(3) };
EXPORT_LINUX_GPL("byte_rev_table", reversed);
