/*
 * A CPU's day: fill an array, sort it, take a checksum of it.  `npm run bench`
 * measures with this what the emulator does per second.
 */
#include <sys/module.h>

MODULE(MODULE_CLASS_MISC, workload, NULL);

#define WORDS	1000

uint32_t	workload_run(uint32_t rounds);

static uint32_t words[WORDS];

static void
fill(uint32_t seed)
{
	for (unsigned i = 0; i < WORDS; i++) {
		seed = seed * 1664525 + 1013904223;
		words[i] = seed;
	}
}

static void
sort(uint32_t *low, uint32_t *high)
{
	while (low < high) {
		uint32_t pivot = low[(high - low) / 2];
		uint32_t *i = low, *j = high;

		while (i <= j) {
			while (*i < pivot)
				i++;
			while (*j > pivot)
				j--;
			if (i <= j) {
				uint32_t swap = *i;

				*i++ = *j;
				*j-- = swap;
			}
		}
		sort(low, j);
		low = i;
	}
}

static uint32_t
checksum(uint32_t crc)
{
	const uint8_t *bytes = (const uint8_t *)words;

	for (unsigned i = 0; i < sizeof(words); i++) {
		crc ^= bytes[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

/* Answers a checksum that depends on every round. */
uint32_t
workload_run(uint32_t rounds)
{
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < rounds; i++) {
		fill(crc);
		sort(words, words + WORDS - 1);
		crc = checksum(crc);
	}
	return crc;
}

static int
workload_modcmd(modcmd_t cmd, void *arg)
{
	(void)arg;
	return cmd == MODULE_CMD_INIT || cmd == MODULE_CMD_FINI ? 0 : ENOTTY;
}
