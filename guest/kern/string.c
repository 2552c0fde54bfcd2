/*
 * Memory and strings.  -ffreestanding keeps the compiler from turning these
 * loops into calls to themselves.  Copies go by words where both ends allow
 * it: aligned accesses only, so that no CPU setting matters.
 */
#include "defs.h"

typedef uintptr_t __attribute__((__may_alias__)) word;

#define ALIGNED(p)	((uintptr_t)(p) % sizeof(word) == 0)

void *
memcpy(void *to, const void *from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (((uintptr_t)d ^ (uintptr_t)s) % sizeof(word) == 0) {
		for (; n > 0 && !ALIGNED(d); n--)
			*d++ = *s++;
		for (; n >= sizeof(word); n -= sizeof(word)) {
			*(word *)d = *(const word *)s;
			d += sizeof(word);
			s += sizeof(word);
		}
	}
	for (; n > 0; n--)
		*d++ = *s++;
	return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(to, from, n);
	while (n-- > 0)
		d[n] = s[n];
	return to;
}

void *
memset(void *to, int c, size_t n)
{
	unsigned char *d = to;
	word pattern = (word)-1 / 0xff * (unsigned char)c;

	for (; n > 0 && !ALIGNED(d); n--)
		*d++ = (unsigned char)c;
	for (; n >= sizeof(word); n -= sizeof(word)) {
		*(word *)d = pattern;
		d += sizeof(word);
	}
	for (; n > 0; n--)
		*d++ = (unsigned char)c;
	return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n > 0; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t
strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

size_t
strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;
	return n;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (*a == '\0')
			break;
	}
	return 0;
}

char *
strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (*s == '\0')
			return NULL;
	}
}

size_t
strlcpy(char *to, const char *from, size_t room)
{
	size_t n = strlen(from);

	if (room > 0) {
		size_t copied = n < room ? n : room - 1;

		memcpy(to, from, copied);
		to[copied] = '\0';
	}
	return n;
}

size_t
strlcat(char *to, const char *from, size_t room)
{
	size_t n = strnlen(to, room);

	return n + strlcpy(to + n, from, room - n);
}
