/*
 * Mount options and the like: which pattern of a table a text matches, and what
 * its %s, %d, %u, %o and %x stand for.
 */
#include "linux.h"

#define ARGUMENTS	3

struct match_token {
	int		token;
	const char	*pattern;
};

typedef struct {
	char		*from, *to;
} substring;

/* Where the number ends; the same place when there is none. */
static char *
number_end(char *s, char kind)
{
	uint64_t value;
	bool overflow, minus = kind == 'd' && *s == '-';
	unsigned base = kind == 'd' ? 0 : kind == 'o' ? 8 :
	    kind == 'x' ? 16 : 0;
	const char *end = linux_digits(s + minus, base, SIZE_MAX, &value,
	    &overflow);

	return end == s + minus ? s : (char *)(uintptr_t)end;
}

static bool
match(char *s, const char *p, substring *args)
{
	unsigned n = 0;

	if (p == NULL)
		return true;
	while (*p != '\0') {
		size_t width = 0;
		const char *start;
		char *end;

		if (*p != '%' || p[1] == '%') {
			p += *p == '%';
			if (*p++ != *s++)
				return false;
			continue;
		}
		for (start = ++p; *p >= '0' && *p <= '9'; p++)
			width = width * 10 + (size_t)(*p - '0');
		if (n >= ARGUMENTS)
			return false;
		if (*p == 's') {
			size_t length = strlen(s);

			if (length == 0)
				return false;
			if (p == start || width > length)
				width = length;
			end = s + width;
		} else {
			end = number_end(s, *p);
			if (end == s)
				return false;
		}
		args[n].from = s;
		args[n++].to = end;
		s = end;
		p++;
	}
	return *s == '\0';
}

LINUX(int, match_token,
    (char *s, const struct match_token *table, substring *args))
{
	while (!match(s, table->pattern, args))
		table++;
	return table->token;
}

/* A copy that ends: the numbers of options are short. */
static int
number(const substring *s, unsigned base, int64_t least, uint64_t most,
    int64_t *value)
{
	char text[40];
	size_t n = (size_t)(s->to - s->from);
	bool overflow, minus;
	uint64_t magnitude;
	const char *end;

	if (n >= sizeof(text))
		return -L_ERANGE;
	memcpy(text, s->from, n);
	text[n] = '\0';
	minus = text[0] == '-';
	end = linux_digits(text + minus, base, SIZE_MAX, &magnitude,
	    &overflow);
	if (end == text + minus || *end != '\0')
		return -EINVAL;
	if (overflow || (minus ? magnitude > (uint64_t)-least :
	    magnitude > most))
		return -L_ERANGE;
	*value = (int64_t)(minus ? -magnitude : magnitude);
	return 0;
}

#define MATCH(name, type, base, least, most)				\
	LINUX(int, name, (substring *s, type *result))			\
	{								\
		int64_t value;						\
		int error = number(s, base, least, most, &value);	\
									\
		if (error == 0)						\
			*result = (type)value;				\
		return error;						\
	}

MATCH(match_int, int, 0, INT32_MIN, INT32_MAX)
MATCH(match_octal, int, 8, INT32_MIN, INT32_MAX)
MATCH(match_hex, int, 16, INT32_MIN, INT32_MAX)
MATCH(match_uint, unsigned, 0, 0, UINT32_MAX)
MATCH(match_u64, uint64_t, 0, 0, UINT64_MAX)

/* The size of the whole; as much as there is room for is copied. */
LINUX(size_t, match_strlcpy, (char *to, const substring *s, size_t room))
{
	size_t n = (size_t)(s->to - s->from);
	size_t part = n < room ? n : room - 1;

	if (room > 0) {
		memcpy(to, s->from, part);
		to[part] = '\0';
	}
	return n;
}

LINUX(char *, match_strdup, (const substring *s))
{
	size_t n = (size_t)(s->to - s->from);
	char *copy = linux_alloc(n + 1, GFP_DIRECT_RECLAIM, CALLER);

	if (copy != NULL) {
		memcpy(copy, s->from, n);
		copy[n] = '\0';
	}
	return copy;
}

/* With * for any text and ? for any character. */
LINUX(bool, match_wildcard, (const char *pattern, const char *s))
{
	const char *star = NULL, *from = s;

	while (*s != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			from = s;
		} else if (*pattern == *s || *pattern == '?') {
			pattern++;
			s++;
		} else if (star != NULL) {
			pattern = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
