/*
 * The cyclic redundancy checks that Debian's kernels have built in.  None of
 * them inverts anything before or after.  A table is linear in its index, so
 * each entry is the sum of those of the index's bits.
 */
#include "linux.h"

/* Bits come lowest first (LE): the remainder of one bit more. */
#define STEP(x, p)	((x) & 1 ? (x) >> 1 ^ (p) : (x) >> 1)
#define BITS_LE(n, p)							\
	n##7 = (p), n##6 = STEP(n##7, p), n##5 = STEP(n##6, p),		\
	n##4 = STEP(n##5, p), n##3 = STEP(n##4, p), n##2 = STEP(n##3, p), \
	n##1 = STEP(n##2, p), n##0 = STEP(n##1, p)

/* Bits come highest first, of w in all. */
#define STEP_BE(x, p, w)						\
	((x) >> ((w) - 1) & 1 ? ((x) << 1 ^ (p)) & (1ULL << (w)) - 1 : (x) << 1)
#define BITS_BE(n, p, w)						\
	n##0 = (p), n##1 = STEP_BE(n##0, p, w), n##2 = STEP_BE(n##1, p, w), \
	n##3 = STEP_BE(n##2, p, w), n##4 = STEP_BE(n##3, p, w),		\
	n##5 = STEP_BE(n##4, p, w), n##6 = STEP_BE(n##5, p, w),		\
	n##7 = STEP_BE(n##6, p, w)

enum : uint64_t {
	BITS_LE(ETHER, 0xedb88320ULL),
	BITS_LE(CASTAGNOLI, 0x82f63b78ULL),
	BITS_BE(ETHER_BE, 0x04c11db7ULL, 32),
	BITS_LE(CCITT, 0x8408ULL),
	BITS_BE(CCITT_FALSE, 0x1021ULL, 16),
};

#define E1(n, i)							\
	((i) & 1 ? n##0 : 0) ^ ((i) & 2 ? n##1 : 0) ^			\
	((i) & 4 ? n##2 : 0) ^ ((i) & 8 ? n##3 : 0) ^			\
	((i) & 16 ? n##4 : 0) ^ ((i) & 32 ? n##5 : 0) ^			\
	((i) & 64 ? n##6 : 0) ^ ((i) & 128 ? n##7 : 0)
#define E4(n, i)	E1(n, i), E1(n, (i) + 1), E1(n, (i) + 2), E1(n, (i) + 3)
#define E16(n, i)	E4(n, i), E4(n, (i) + 4), E4(n, (i) + 8), E4(n, (i) + 12)
#define E64(n, i)							\
	E16(n, i), E16(n, (i) + 16), E16(n, (i) + 32), E16(n, (i) + 48)
#define TABLE(n)	{ E64(n, 0), E64(n, 64), E64(n, 128), E64(n, 192) }

static const uint32_t ether[256] = TABLE(ETHER);
static const uint32_t castagnoli[256] = TABLE(CASTAGNOLI);
static const uint32_t ether_be[256] = TABLE(ETHER_BE);
static const uint16_t ccitt[256] = TABLE(CCITT);
static const uint16_t ccitt_false[256] = TABLE(CCITT_FALSE);
EXPORT_LINUX("crc_ccitt_table", ccitt);
EXPORT_LINUX("crc_ccitt_false_table", ccitt_false);

static uint32_t
low_first(const uint32_t *table, uint32_t crc, const uint8_t *p, size_t n)
{
	for (; n > 0; n--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return crc;
}

LINUX(uint32_t, crc32_le, (uint32_t crc, const uint8_t *p, size_t n))
{
	return low_first(ether, crc, p, n);
}

LINUX(uint32_t, __crc32c_le, (uint32_t crc, const uint8_t *p, size_t n))
{
	return low_first(castagnoli, crc, p, n);
}

LINUX(uint32_t, crc32_be, (uint32_t crc, const uint8_t *p, size_t n))
{
	for (; n > 0; n--)
		crc = crc << 8 ^ ether_be[crc >> 24 ^ *p++];
	return crc;
}

LINUX(uint16_t, crc_ccitt, (uint16_t crc, const uint8_t *p, size_t n))
{
	for (; n > 0; n--)
		crc = (uint16_t)(crc >> 8 ^ ccitt[(crc ^ *p++) & 0xff]);
	return crc;
}

LINUX(uint16_t, crc_ccitt_false, (uint16_t crc, const uint8_t *p, size_t n))
{
	for (; n > 0; n--)
		crc = (uint16_t)(crc << 8 ^ ccitt_false[crc >> 8 ^ *p++]);
	return crc;
}

/* a times b, both with the coefficient of x^0 in bit 31. */
static uint32_t
multiply(uint32_t a, uint32_t b, uint32_t polynomial)
{
	uint32_t product = 0;

	for (; a != 0; a <<= 1) {
		if (a >> 31)
			product ^= b;
		b = STEP(b, polynomial);
	}
	return product;
}

/* The checksum of what has crc, and n bytes of zero behind it: crc * x^8n. */
static uint32_t
shift(uint32_t crc, size_t n, uint32_t polynomial)
{
	uint32_t power = 1U << 23;		/* x^8 */

	for (; n != 0; n >>= 1) {
		if (n & 1)
			crc = multiply(power, crc, polynomial);
		power = multiply(power, power, polynomial);
	}
	return crc;
}

LINUX(uint32_t, crc32_le_shift, (uint32_t crc, size_t n))
{
	return shift(crc, n, 0xedb88320);
}

LINUX(uint32_t, __crc32c_le_shift, (uint32_t crc, size_t n))
{
	return shift(crc, n, 0x82f63b78);
}
