/*
 * Numbers out of text: kstrto* are strict and answer an error, simple_strto*
 * stop at the first character that does not fit and say where.
 */
#include "linux.h"

static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a' + 10) : 99;
}

/* 0x is hexadecimal, 0 octal, if base is 0; 0x is skipped if it is 16. */
static const char *
prefix(const char *s, unsigned *base)
{
	bool hex = s[0] == '0' && (s[1] | 0x20) == 'x' && digit(s[2]) < 16;

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

const char *
linux_digits(const char *s, unsigned base, size_t most, uint64_t *value,
    bool *overflow)
{
	const char *end = s + (most < strlen(s) ? most : strlen(s));

	s = most > 2 ? prefix(s, &base) : s;
	if (base == 0)
		base = *s == '0' ? 8 : 10;
	*value = 0;
	*overflow = false;
	for (; s < end && digit(*s) < base; s++) {
		uint64_t next = *value * base + digit(*s);

		/* Below 2^56 nothing can overflow with bases to 36. */
		if (*value >> 56 != 0 &&
		    *value > (UINT64_MAX - digit(*s)) / base)
			*overflow = true;
		*value = next;
	}
	return s;
}

static int
strict(const char *s, unsigned base, uint64_t *value)
{
	bool overflow;
	const char *start = *s == '+' ? s + 1 : s, *end;

	start = prefix(start, &base);
	end = linux_digits(start, base, SIZE_MAX, value, &overflow);
	if (end == start || (base == 16 && start[0] == '0' &&
	    (start[1] | 0x20) == 'x'))
		return -EINVAL;
	if (overflow)
		return -L_ERANGE;
	if (*end == '\n')
		end++;
	return *end == '\0' ? 0 : -EINVAL;
}

/* As strict, with a sign; the magnitude of the lowest is one more. */
static int
strict_signed(const char *s, unsigned base, int64_t *value)
{
	bool minus = *s == '-';
	uint64_t magnitude;
	int error = strict(minus ? s + 1 : s, base, &magnitude);

	if (error == 0 && minus && s[1] == '+')
		error = -EINVAL;
	if (error != 0)
		return error;
	if (magnitude > (uint64_t)INT64_MAX + minus)
		return -L_ERANGE;
	*value = (int64_t)(minus ? -magnitude : magnitude);
	return 0;
}

#define STRICT(name, type, wide, parse)					\
	LINUX(int, name, (const char *s, unsigned base, type *result))	\
	{								\
		wide value;						\
		int error = parse(s, base, &value);			\
									\
		if (error == 0 && value != (type)value)			\
			error = -L_ERANGE;				\
		if (error == 0)						\
			*result = (type)value;				\
		return error;						\
	}

STRICT(kstrtoull, unsigned long long, uint64_t, strict)
STRICT(kstrtoll, long long, int64_t, strict_signed)
STRICT(_kstrtoul, unsigned long, uint64_t, strict)
STRICT(_kstrtol, long, int64_t, strict_signed)
STRICT(kstrtouint, unsigned, uint64_t, strict)
STRICT(kstrtoint, int, int64_t, strict_signed)
STRICT(kstrtou16, uint16_t, uint64_t, strict)
STRICT(kstrtos16, int16_t, int64_t, strict_signed)
STRICT(kstrtou8, uint8_t, uint64_t, strict)
STRICT(kstrtos8, int8_t, int64_t, strict_signed)

/* y, t, 1, on; n, f, 0, off; what follows does not matter. */
LINUX(int, kstrtobool, (const char *s, bool *result))
{
	char c, d;

	if (s == NULL || *s == '\0')
		return -EINVAL;
	c = (char)(s[0] >= 'A' && s[0] <= 'Z' ? s[0] | 0x20 : s[0]);
	d = (char)(c == 'o' ? s[1] | 0x20 : 0);
	if (c == 'y' || c == 't' || c == '1' || d == 'n')
		*result = true;
	else if (c == 'n' || c == 'f' || c == '0' || d == 'f')
		*result = false;
	else
		return -EINVAL;
	return 0;
}

static uint64_t
lenient(const char *s, char **end, unsigned base)
{
	uint64_t value;
	bool overflow;
	const char *stop = linux_digits(s, base, SIZE_MAX, &value, &overflow);

	if (end != NULL)
		*end = (char *)(uintptr_t)stop;
	return value;
}

static int64_t
lenient_signed(const char *s, char **end, unsigned base)
{
	return *s == '-' ? -(int64_t)lenient(s + 1, end, base) :
	    (int64_t)lenient(s, end, base);
}

LINUX(unsigned long long, simple_strtoull,
    (const char *s, char **end, unsigned base))
{
	return lenient(s, end, base);
}

LINUX(unsigned long, simple_strtoul, (const char *s, char **end, unsigned base))
{
	return (unsigned long)lenient(s, end, base);
}

LINUX(long, simple_strtol, (const char *s, char **end, unsigned base))
{
	return (long)lenient_signed(s, end, base);
}

LINUX(long long, simple_strtoll, (const char *s, char **end, unsigned base))
{
	return lenient_signed(s, end, base);
}

/* A size: a number, and K, M, G, T, P or E behind it. */
LINUX(unsigned long long, memparse, (const char *s, char **rest))
{
	static const char units[] = "kmgtpe";
	char *end;
	uint64_t value = lenient(s, &end, 0);
	const char *unit = *end != '\0' ? strchr(units, *end | 0x20) : NULL;

	if (unit != NULL) {
		value <<= 10 * (unit - units + 1);
		end++;
	}
	if (rest != NULL)
		*rest = end;
	return value;
}
