/*
 * ChaCha's block function (RFC 8439, 2.3) with any number of rounds, and the
 * one of XChaCha that makes a key.
 */
#include "linux.h"

#define WORDS	16

static uint32_t
turn(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static void
quarter(uint32_t *x, unsigned a, unsigned b, unsigned c, unsigned d)
{
	x[a] += x[b];
	x[d] = turn(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = turn(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = turn(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = turn(x[b] ^ x[c], 7);
}

/* Columns and diagonals by turns. */
static void
permute(uint32_t *x, int rounds)
{
	for (int i = 0; i < rounds; i += 2) {
		for (unsigned j = 0; j < 4; j++)
			quarter(x, j, 4 + j, 8 + j, 12 + j);
		for (unsigned j = 0; j < 4; j++)
			quarter(x, j, 4 + (j + 1) % 4, 8 + (j + 2) % 4,
			    12 + (j + 3) % 4);
	}
}

LINUX(void, chacha_block_generic,
    (uint32_t *state, uint8_t *stream, int rounds))
{
	uint32_t x[WORDS];

	memcpy(x, state, sizeof(x));
	permute(x, rounds);
	for (unsigned i = 0; i < WORDS; i++) {
		uint32_t word = x[i] + state[i];

		memcpy(stream + 4 * i, &word, sizeof(word));
	}
	state[12]++;
}

LINUX(void, hchacha_block_generic,
    (const uint32_t *state, uint32_t *key, int rounds))
{
	uint32_t x[WORDS];

	memcpy(x, state, sizeof(x));
	permute(x, rounds);
	memcpy(key, x, 4 * sizeof(*x));
	memcpy(key + 4, x + 12, 4 * sizeof(*x));
}
