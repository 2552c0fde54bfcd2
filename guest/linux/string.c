/*
 * Memory and strings under their Linux names; what the kernel has itself is
 * called as Linux calls it.
 */
#include "linux.h"

#define SAME(type, name, parameters, arguments)				\
	LINUX(type, name, parameters)					\
	{								\
		return name arguments;					\
	}

SAME(void *, memcpy, (void *to, const void *from, size_t n), (to, from, n))
SAME(void *, memmove, (void *to, const void *from, size_t n), (to, from, n))
SAME(void *, memset, (void *to, int c, size_t n), (to, c, n))
SAME(int, memcmp, (const void *a, const void *b, size_t n), (a, b, n))
SAME(size_t, strlen, (const char *s), (s))
SAME(size_t, strnlen, (const char *s, size_t max), (s, max))
SAME(int, strcmp, (const char *a, const char *b), (a, b))
SAME(int, strncmp, (const char *a, const char *b, size_t n), (a, b, n))
SAME(char *, strchr, (const char *s, int c), (s, c))
SAME(size_t, strlcpy, (char *to, const char *from, size_t n), (to, from, n))

LINUX(int, bcmp, (const void *a, const void *b, size_t n))
{
	return memcmp(a, b, n);
}

LINUX(void *, memchr, (const void *p, int c, size_t n))
{
	const unsigned char *s = p;

	for (; n > 0; n--, s++)
		if (*s == (unsigned char)c)
			return (void *)(uintptr_t)s;
	return NULL;
}

/* The first byte that is not c. */
LINUX(void *, memchr_inv, (const void *p, int c, size_t n))
{
	const unsigned char *s = p;

	for (; n > 0; n--, s++)
		if (*s != (unsigned char)c)
			return (void *)(uintptr_t)s;
	return NULL;
}

/* As memchr, but the end of the memory is answered when there is none. */
LINUX(void *, memscan, (void *p, int c, size_t n))
{
	unsigned char *s = p;

	while (n-- > 0 && *s != (unsigned char)c)
		s++;
	return s;
}

static ptrdiff_t
copy_string(char *to, const char *from, size_t room)
{
	size_t n = strnlen(from, room);

	if (room == 0)
		return -L_E2BIG;
	if (n == room) {
		memcpy(to, from, room - 1);
		to[room - 1] = '\0';
		return -L_E2BIG;
	}
	memcpy(to, from, n + 1);
	return (ptrdiff_t)n;
}

LINUX(ptrdiff_t, strscpy, (char *to, const char *from, size_t room))
{
	return copy_string(to, from, room);
}

LINUX(ptrdiff_t, strscpy_pad, (char *to, const char *from, size_t room))
{
	ptrdiff_t n = copy_string(to, from, room);

	if (n >= 0)
		memset(to + n, 0, room - (size_t)n);
	return n;
}

LINUX(char *, strcpy, (char *to, const char *from))
{
	return memcpy(to, from, strlen(from) + 1);
}

LINUX(char *, strncpy, (char *to, const char *from, size_t room))
{
	size_t n = strnlen(from, room);

	memcpy(to, from, n);
	memset(to + n, 0, room - n);
	return to;
}

LINUX(char *, strcat, (char *to, const char *from))
{
	memcpy(to + strlen(to), from, strlen(from) + 1);
	return to;
}

LINUX(char *, strncat, (char *to, const char *from, size_t max))
{
	size_t n = strnlen(from, max);
	char *end = to + strlen(to);

	memcpy(end, from, n);
	end[n] = '\0';
	return to;
}

SAME(size_t, strlcat, (char *to, const char *from, size_t n), (to, from, n))

LINUX(char *, strrchr, (const char *s, int c))
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (*s == '\0')
			return (char *)(uintptr_t)found;
	}
}

LINUX(char *, strnchr, (const char *s, size_t n, int c))
{
	for (; n > 0; n--, s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (*s == '\0')
			break;
	}
	return NULL;
}

LINUX(char *, strchrnul, (const char *s, int c))
{
	while (*s != '\0' && *s != (char)c)
		s++;
	return (char *)(uintptr_t)s;
}

static char *
find(const char *s, size_t length, const char *what)
{
	size_t n = strlen(what);

	for (; length >= n; length--, s++)
		if (memcmp(s, what, n) == 0)
			return (char *)(uintptr_t)s;
	return NULL;
}

LINUX(char *, strstr, (const char *s, const char *what))
{
	return find(s, strlen(s), what);
}

LINUX(char *, strnstr, (const char *s, const char *what, size_t max))
{
	return find(s, strnlen(s, max), what);
}

/* How many characters are all in the set, or all not in it. */
static size_t
span(const char *s, const char *set, bool in)
{
	size_t n = 0;

	while (s[n] != '\0' && (strchr(set, s[n]) != NULL) == in)
		n++;
	return n;
}

LINUX(size_t, strspn, (const char *s, const char *set))
{
	return span(s, set, true);
}

LINUX(size_t, strcspn, (const char *s, const char *set))
{
	return span(s, set, false);
}

LINUX(char *, strpbrk, (const char *s, const char *set))
{
	s += span(s, set, false);
	return *s != '\0' ? (char *)(uintptr_t)s : NULL;
}

LINUX(char *, strsep, (char **s, const char *set))
{
	char *start = *s, *end;

	if (start == NULL)
		return NULL;
	end = start + span(start, set, false);
	if (*end != '\0')
		*end++ = '\0';
	else
		end = NULL;
	*s = end;
	return start;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0';
}

LINUX(char *, skip_spaces, (const char *s))
{
	while (is_space(*s))
		s++;
	return (char *)(uintptr_t)s;
}

LINUX(char *, strim, (char *s))
{
	size_t n = strlen(s);

	while (n > 0 && is_space(s[n - 1]))
		n--;
	s[n] = '\0';
	while (is_space(*s))
		s++;
	return s;
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static int
compare_caseless(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		if (lower(*a) != lower(*b))
			return lower(*a) - lower(*b);
		if (*a == '\0')
			break;
	}
	return 0;
}

LINUX(int, strcasecmp, (const char *a, const char *b))
{
	return compare_caseless(a, b, SIZE_MAX);
}

LINUX(int, strncasecmp, (const char *a, const char *b, size_t n))
{
	return compare_caseless(a, b, n);
}

LINUX(char *, strreplace, (char *s, char old, char new))
{
	for (; *s != '\0'; s++)
		if (*s == old)
			*s = new;
	return s;
}

/* Equal but for a line feed at the end of one. */
LINUX(bool, sysfs_streq, (const char *a, const char *b))
{
	while (*a != '\0' && *a == *b)
		a++, b++;
	return *a == *b || (*a == '\0' && b[0] == '\n' && b[1] == '\0') ||
	    (*b == '\0' && a[0] == '\n' && a[1] == '\0');
}

LINUX(int, match_string, (const char *const *list, size_t n, const char *s))
{
	for (size_t i = 0; i < n && list[i] != NULL; i++)
		if (strcmp(list[i], s) == 0)
			return (int)i;
	return -EINVAL;
}

/* What each character is, as <linux/ctype.h> has it, for the Latin-1 set. */
#define U	0x01	/* upper */
#define L	0x02	/* lower */
#define D	0x04	/* digit */
#define C	0x08	/* control */
#define P	0x10	/* punctuation */
#define S	0x20	/* white space */
#define X	0x40	/* hexadecimal digit */
#define SP	0x80	/* hard space */
static const unsigned char linux_ctype[256] = {
	[0 ... 8] = C, [9 ... 13] = C | S, [14 ... 31] = C, [' '] = S | SP,
	[33 ... 47] = P, ['0' ... '9'] = D, [58 ... 64] = P,
	['A' ... 'F'] = U | X, ['G' ... 'Z'] = U, [91 ... 96] = P,
	['a' ... 'f'] = L | X, ['g' ... 'z'] = L, [123 ... 126] = P, [127] = C,
	[160] = S | SP, [161 ... 191] = P, [192 ... 214] = U, [215] = P,
	[216 ... 222] = U, [223 ... 246] = L, [247] = P, [248 ... 255] = L,
};
EXPORT_LINUX("_ctype", linux_ctype);
