/*
 * Formatted output, strings, and the 64-bit arithmetic behind them.
 */
#include "selftest.h"

SELFTEST(printf_formats)
{
	char b[64];

#define FORMATS(expected, ...) do {					\
	CHECK(snprintf(b, sizeof(b), __VA_ARGS__) ==			\
	    (int)sizeof(expected) - 1);					\
	CHECK(strcmp(b, expected) == 0);				\
} while (0)

	FORMATS("plain", "plain");
	FORMATS("0 7 -7 2147483647 -2147483648", "%d %d %i %d %d",
	    0, 7, -7, 2147483647, -2147483647 - 1);
	FORMATS("4294967295 ffffffff FFFFFFFF 37777777777", "%u %x %X %o",
	    ~0U, ~0U, ~0U, ~0U);
	FORMATS("[   42] [42   ] [00042] [-0042]", "[%5d] [%-5d] [%05d] [%05d]",
	    42, 42, 42, -42);
	FORMATS("0x2a 0X2A 052 0", "%#x %#X %#o %#x", 42, 42, 42, 0);
	FORMATS("[  7] [7  ]", "[%*d] [%-*d]", 3, 7, 3, 7);
	FORMATS("-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, 255, -1, 65535);
	FORMATS("-9223372036854775808 18446744073709551615", "%lld %llu",
	    (long long)INT64_MIN, ~0ULL);
	FORMATS("-5 5 5 -5", "%ld %zu %ju %td", -5L, (size_t)5, (uintmax_t)5,
	    (ptrdiff_t)-5);
	FORMATS("[x] [  x] [x  ]", "[%c] [%3c] [%-3c]", 'x', 'x', 'x');
	FORMATS("[abc] [  abc] [abc  ] [ab]", "[%s] [%5s] [%-5s] [%.2s]",
	    "abc", "abc", "abc", "abc");
	FORMATS("[a] []", "[%.*s] [%.0s]", 1, "abc", "abc");
	FORMATS("100% (null)", "%d%% %s", 100, (const char *)NULL);
	FORMATS("0x1234", "%p", (void *)0x1234);
#undef FORMATS
	return 0;
}

SELFTEST(snprintf_cuts_short)
{
	char b[8] = "xxxxxxx";

	CHECK(snprintf(b, 4, "%s", "abcdef") == 6);
	CHECK(strcmp(b, "abc") == 0 && b[4] == 'x');
	CHECK(snprintf(b, 1, "abc") == 3 && b[0] == '\0');
	b[0] = 'x';
	CHECK(snprintf(b, 0, "abc") == 3 && b[0] == 'x');
	return 0;
}

SELFTEST(strings)
{
	char b[8];

	CHECK(strlen("") == 0 && strlen("abc") == 3);
	CHECK(strnlen("abc", 2) == 2 && strnlen("abc", 9) == 3);
	CHECK(strcmp("a", "a") == 0 && strcmp("a", "b") < 0);
	CHECK(strcmp("ab", "a") > 0 && strcmp("\x80", "a") > 0);
	CHECK(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0);
	CHECK(*strchr("abc", 'b') == 'b' && strchr("abc", 'x') == NULL);
	CHECK(*strchr("abc", '\0') == '\0');
	CHECK(strlcpy(b, "abc", sizeof(b)) == 3 && strcmp(b, "abc") == 0);
	CHECK(strlcpy(b, "0123456789", sizeof(b)) == 10);
	CHECK(strcmp(b, "0123456") == 0);
	CHECK(memcmp("abc", "abd", 2) == 0 && memcmp("\xff", "\x01", 1) > 0);
	return 0;
}

/* Every alignment of both ends, and lengths around the word size. */
SELFTEST(memory_functions)
{
	static unsigned char from[64], to[64];

	for (unsigned i = 0; i < sizeof(from); i++)
		from[i] = (unsigned char)(i * 7 + 1);
	for (unsigned a = 0; a < 9; a++)
		for (unsigned b = 0; b < 9; b++)
			for (unsigned n = 0; n < 40; n++) {
				memset(to, 0xee, sizeof(to));
				CHECK(memcpy(to + a, from + b, n) == to + a);
				CHECK(memcmp(to + a, from + b, n) == 0);
				CHECK(to[a + n] == 0xee);
				CHECK(a == 0 || to[a - 1] == 0xee);
				/* Overlapping, in both directions. */
				memcpy(to, from, sizeof(to));
				memmove(to + a, to + b, n);
				CHECK(memcmp(to + a, from + b, n) == 0);
				CHECK(to[a + n] == from[a + n]);
			}
	return 0;
}

SELFTEST(division_of_64_bits)
{
	static const struct {
		uint64_t n, d, q, r;
	} row[] = {
		{ 0, 1, 0, 0 },
		{ 7, 2, 3, 1 },
		{ 0xffffffff, 0x10000, 0xffff, 0xffff },
		{ 0x100000000, 3, 0x55555555, 1 },
		{ UINT64_MAX, 1, UINT64_MAX, 0 },
		{ UINT64_MAX, UINT64_MAX, 1, 0 },
		{ UINT64_MAX - 1, UINT64_MAX, 0, UINT64_MAX - 1 },
		{ UINT64_MAX, 10, 1844674407370955161, 5 },
		{ UINT64_MAX, 0x100000000, 0xffffffff, 0xffffffff },
		{ 0x8000000000000000, 0x7fffffffffffffff, 1, 1 },
	};

	for (unsigned i = 0; i < __arraycount(row); i++) {
		volatile uint64_t n = row[i].n, d = row[i].d;

		CHECK(n / d == row[i].q);
		CHECK(n % d == row[i].r);
	}

	volatile int64_t n = -7, d = 2;

	CHECK(n / d == -3 && n % d == -1);
	d = -2;
	CHECK(n / d == 3 && n % d == -1);
	n = 7;
	CHECK(n / d == -3 && n % d == 1);
	n = INT64_MIN;
	d = 1000000007;
	CHECK(n / d == -9223371972 && n % d == -291172004);
	return 0;
}
