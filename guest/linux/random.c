/*
 * Random numbers that are the same in every run: a machine without a clock of
 * the world's has no noise either, and a run must be repeatable.  They are
 * SplitMix64's (Steele, Lea, Flood 2014) from a fixed start.  Nobody must take
 * them for secrets.
 */
#include "linux.h"

static uint64_t state = 0x6d6f64626f78;

uint64_t
linux_random(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void
fill(uint8_t *p, size_t n)
{
	while (n > 0) {
		uint64_t word = linux_random();
		size_t part = n < sizeof(word) ? n : sizeof(word);

		memcpy(p, &word, part);
		p += part;
		n -= part;
	}
}

LINUX(void, get_random_bytes, (void *p, size_t n))
{
	fill(p, n);
}

LINUX(uint8_t, get_random_u8, (void))
{
	return (uint8_t)linux_random();
}

LINUX(uint16_t, get_random_u16, (void))
{
	return (uint16_t)linux_random();
}

LINUX(uint32_t, get_random_u32, (void))
{
	return (uint32_t)linux_random();
}

LINUX(uint64_t, get_random_u64, (void))
{
	return linux_random();
}

LINUX(uint32_t, __get_random_u32_below, (uint32_t ceiling))
{
	return (uint32_t)((linux_random() >> 32) * ceiling >> 32);
}

/* There is enough of it at once. */
LINUX(int, wait_for_random_bytes, (void))
{
	return 0;
}

LINUX(bool, rng_is_initialized, (void))
{
	return true;
}

LINUX(void, add_device_randomness, (const void *p, size_t n))
{
}

/* The generator of struct rnd_state: L'Ecuyer's combined Tausworthe (LFSR113),
 * whose numbers are the same on every machine. */
struct rnd_state {
	uint32_t	s1, s2, s3, s4;
};

#define TAUSWORTHE(s, a, b, c, d)					\
	((((s) & (c)) << (d)) ^ ((((s) << (a)) ^ (s)) >> (b)))

static uint32_t
tausworthe(struct rnd_state *r)
{
	r->s1 = TAUSWORTHE(r->s1, 6U, 13U, 4294967294U, 18U);
	r->s2 = TAUSWORTHE(r->s2, 2U, 27U, 4294967288U, 2U);
	r->s3 = TAUSWORTHE(r->s3, 13U, 21U, 4294967280U, 7U);
	r->s4 = TAUSWORTHE(r->s4, 3U, 12U, 4294967168U, 13U);
	return r->s1 ^ r->s2 ^ r->s3 ^ r->s4;
}

LINUX(uint32_t, prandom_u32_state, (struct rnd_state *r))
{
	return tausworthe(r);
}

LINUX(void, prandom_bytes_state, (struct rnd_state *r, void *p, size_t n))
{
	uint8_t *to = p;

	while (n > 0) {
		uint32_t word = tausworthe(r);
		size_t part = n < sizeof(word) ? n : sizeof(word);

		memcpy(to, &word, part);
		to += part;
		n -= part;
	}
}

/* UUIDs of version 4; a GUID has its first three fields in little endian. */
static const uint8_t uuid_null[16];
EXPORT_LINUX("uuid_null", uuid_null);
static const uint8_t nothing_guid[16];
EXPORT_LINUX("guid_null", nothing_guid);

static void
generate(uint8_t *p, int version)
{
	fill(p, 16);
	p[version] = (uint8_t)((p[version] & 0x0f) | 0x40);
	p[8] = (uint8_t)((p[8] & 0x3f) | 0x80);
}

LINUX(void, generate_random_uuid, (uint8_t *p))
{
	generate(p, 6);
}

LINUX(void, generate_random_guid, (uint8_t *p))
{
	generate(p, 7);
}

LINUX_GPL(void, uuid_gen, (uint8_t *p))
{
	generate(p, 6);
}

LINUX_GPL(void, guid_gen, (uint8_t *p))
{
	generate(p, 7);
}

/* Where each byte's digits are in xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. */
static const uint8_t uuid_at[16] =
    { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };
static const uint8_t uuid_byte[16] =
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t guid_byte[16] =
    { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

static int
parse(const char *s, uint8_t *to, const uint8_t *order)
{
	uint8_t bytes[16];

	for (unsigned i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : linux_hex_digit(s[i]) < 0)
			return -EINVAL;
	}
	for (unsigned i = 0; i < 16; i++)
		bytes[order[i]] = (uint8_t)(linux_hex_digit(s[uuid_at[i]]) << 4 |
		    linux_hex_digit(s[uuid_at[i] + 1]));
	if (to != NULL)
		memcpy(to, bytes, sizeof(bytes));
	return 0;
}

LINUX(bool, uuid_is_valid, (const char *s))
{
	return parse(s, NULL, uuid_byte) == 0;
}

LINUX(int, uuid_parse, (const char *s, uint8_t *to))
{
	return parse(s, to, uuid_byte);
}

LINUX(int, guid_parse, (const char *s, uint8_t *to))
{
	return parse(s, to, guid_byte);
}
