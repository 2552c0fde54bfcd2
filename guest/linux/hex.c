/*
 * Bytes in hexadecimal, both ways, and dumps of memory.
 */
#include "linux.h"

static const char lower[16] = "0123456789abcdef";
static const char upper[16] = "0123456789ABCDEF";
EXPORT_LINUX("hex_asc", lower);
EXPORT_LINUX("hex_asc_upper", upper);

int
linux_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

LINUX(int, hex_to_bin, (unsigned char c))
{
	return linux_hex_digit((char)c);
}

LINUX(int, hex2bin, (uint8_t *to, const char *from, size_t n))
{
	for (; n > 0; n--, from += 2) {
		int high = linux_hex_digit(from[0]);
		int low = high < 0 ? -1 : linux_hex_digit(from[1]);

		if (low < 0)
			return -EINVAL;
		*to++ = (uint8_t)(high << 4 | low);
	}
	return 0;
}

LINUX(char *, bin2hex, (char *to, const void *from, size_t n))
{
	for (const uint8_t *p = from; n > 0; n--, p++) {
		*to++ = lower[*p >> 4];
		*to++ = lower[*p & 15];
	}
	return to;
}

/* Groups are numbers of 1, 2, 4 or 8 bytes in the CPU's order. */
static uint64_t
group_at(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = bytes; i-- > 0;)
		value = value << 8 | p[i];
	return value;
}

static int
line(const uint8_t *p, size_t n, int row, int group, char *to, size_t room,
    bool ascii)
{
	size_t width = row == 32 ? 32 : 16, size = 1, used = 0, column;

	if (n > width)
		n = width;
	if ((group == 2 || group == 4 || group == 8) &&
	    n % (size_t)group == 0)
		size = (size_t)group;

#define PUT(c)	do {							\
		if (used + 1 < room)					\
			to[used] = (c);					\
		used++;							\
	} while (0)

	for (size_t i = 0; i < n; i += size) {
		uint64_t value = group_at(p + i, size);

		if (i > 0)
			PUT(' ');
		for (size_t d = 2 * size; d-- > 0;)
			PUT(lower[value >> (4 * d) & 15]);
	}
	column = width * 2 + width / size + 1;
	if (ascii && n > 0) {
		while (used < column)
			PUT(' ');
		for (size_t i = 0; i < n; i++)
			PUT(p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.');
	}
#undef PUT
	if (room > 0)
		to[used < room ? used : room - 1] = '\0';
	return (int)used;
}

/* One line; answers its length, whether or not there is room for it. */
LINUX(int, hex_dump_to_buffer, (const void *p, size_t n, int row, int group,
    char *to, size_t room, bool ascii))
{
	return line(p, n, row, group, to, room, ascii);
}

/* Each line with an address (1) or an offset (2) before it. */
static void
dump(const char *level, const char *prefix, int kind, int row, int group,
    const uint8_t *p, size_t n, bool ascii)
{
	char text[32 * 3 + 2 + 32 + 1];
	size_t width = row == 32 ? 32 : 16;

	for (size_t i = 0; i < n; i += width) {
		(void)line(p + i, n - i, row, group, text, sizeof(text),
		    ascii);
		if (kind == 1)
			printf("%s%p: %s\n", prefix, p + i, text);
		else if (kind == 2)
			printf("%s%.8x: %s\n", prefix, (unsigned)i, text);
		else
			printf("%s%s\n", prefix, text);
	}
}

LINUX(void, print_hex_dump, (const char *level, const char *prefix, int kind,
    int row, int group, const void *p, size_t n, bool ascii))
{
	dump(level, prefix, kind, row, group, p, n, ascii);
}
