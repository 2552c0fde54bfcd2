/*
 * XXH64 (the xxHash specification, version 0.1.1), at once or in pieces.
 */
#include "linux.h"

#define P1	0x9e3779b185ebca87ULL
#define P2	0xc2b2ae3d27d4eb4fULL
#define P3	0x165667b19e3779f9ULL
#define P4	0x85ebca77c2b2ae63ULL
#define P5	0x27d4eb2f165667c5ULL

/* Modules have room for this. */
struct xxh64_state {
	uint64_t	total, lane[4], rest[4];
	uint32_t	kept;		/* bytes in rest */
};

static uint64_t
turn(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static uint64_t
load(const void *p, size_t n)
{
	uint64_t word = 0;

	return memcpy(&word, p, n), word;
}

static uint64_t
mix(uint64_t lane, uint64_t input)
{
	return turn(lane + input * P2, 31) * P1;
}

static void
start(struct xxh64_state *s, uint64_t seed)
{
	*s = (struct xxh64_state){
		.lane = { seed + P1 + P2, seed + P2, seed, seed - P1 },
	};
}

static void
take(struct xxh64_state *s, const uint8_t *p, size_t n)
{
	s->total += n;
	while (n > 0) {
		size_t part = 32 - s->kept < n ? 32 - s->kept : n;

		memcpy((char *)s->rest + s->kept, p, part);
		s->kept += (uint32_t)part;
		p += part;
		n -= part;
		if (s->kept < 32)
			return;
		for (unsigned i = 0; i < 4; i++)
			s->lane[i] = mix(s->lane[i], s->rest[i]);
		s->kept = 0;
	}
}

static uint64_t
finish(const struct xxh64_state *s)
{
	const uint8_t *p = (const uint8_t *)s->rest;
	size_t n = s->kept;
	/* Without a whole stripe the third lane is still the seed. */
	uint64_t h = s->lane[2] + P5;

	if (s->total >= 32) {
		h = turn(s->lane[0], 1) + turn(s->lane[1], 7) +
		    turn(s->lane[2], 12) + turn(s->lane[3], 18);
		for (unsigned i = 0; i < 4; i++)
			h = (h ^ mix(0, s->lane[i])) * P1 + P4;
	}
	h += s->total;
	for (; n >= 8; p += 8, n -= 8)
		h = turn(h ^ mix(0, load(p, 8)), 27) * P1 + P4;
	for (; n >= 4; p += 4, n -= 4)
		h = turn(h ^ load(p, 4) * P1, 23) * P2 + P3;
	for (; n > 0; p++, n--)
		h = turn(h ^ *p * P5, 11) * P1;
	h = (h ^ h >> 33) * P2;
	h = (h ^ h >> 29) * P3;
	return h ^ h >> 32;
}

LINUX(uint64_t, xxh64, (const void *p, size_t n, uint64_t seed))
{
	struct xxh64_state s;

	start(&s, seed);
	take(&s, p, n);
	return finish(&s);
}

LINUX(void, xxh64_reset, (struct xxh64_state *s, uint64_t seed))
{
	start(s, seed);
}

LINUX(int, xxh64_update, (struct xxh64_state *s, const void *p, size_t n))
{
	if (p == NULL)
		return -EINVAL;
	take(s, p, n);
	return 0;
}

LINUX(uint64_t, xxh64_digest, (const struct xxh64_state *s))
{
	return finish(s);
}

LINUX(void, xxh64_copy_state,
    (struct xxh64_state *to, const struct xxh64_state *from))
{
	*to = *from;
}
