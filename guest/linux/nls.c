/*
 * Character sets that modules register, and the Unicode transformations that
 * the kernel has itself.  A table converts one character at a time.
 */
#include "linux.h"

typedef uint16_t unicode;

struct nls_table {
	const char	*charset, *alias;
	int		(LINUX_REGPARM *uni2char)(unicode, uint8_t *, int room);
	int		(LINUX_REGPARM *char2uni)(const uint8_t *, int n,
			    unicode *);
	const uint8_t	*lower, *upper;
	void		*owner;
	struct nls_table *next;
};

int	nls_test_decode(const char *charset, const uint8_t *in, size_t n,
	    unicode *out, size_t room);
int	nls_test_encode(const char *charset, const unicode *in, size_t n,
	    uint8_t *out, size_t room);
int	nls_test_case(const char *charset, bool upper, uint8_t *text, size_t n);

static const char kind[] = "nls";

/* -- UTF-8: at most 31 bits in six bytes, as Linux takes it.  Both answer the
 * number of bytes, -1 for what is no character. */

static int
decode_utf8(const uint8_t *s, int n, uint32_t *character)
{
	int length = 1;
	uint32_t c;

	if (n <= 0)
		return -1;
	if (s[0] < 0x80) {
		*character = s[0];
		return 1;
	}
	while (length < 7 && s[0] << length & 0x80)
		length++;
	if (length < 2 || length > 6 || length > n)
		return -1;
	c = s[0] & (0x7fU >> length);
	for (int i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	/* Shorter would have done, or it is half of a pair, or too much. */
	if (c >> (length == 2 ? 7 : 5 * length - 4) == 0 || c > 0x10ffff ||
	    (c & 0xfffff800) == 0xd800)
		return -1;
	*character = c;
	return length;
}

static int
encode_utf8(uint32_t c, uint8_t *s, int room)
{
	int length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (c > 0x10ffff || (c & 0xfffff800) == 0xd800 || length > room)
		return -1;
	if (length == 1) {
		s[0] = (uint8_t)c;
		return 1;
	}
	for (int i = length - 1; i > 0; i--, c >>= 6)
		s[i] = (uint8_t)(0x80 | (c & 0x3f));
	s[0] = (uint8_t)(0xf00 >> length | c);
	return length;
}

LINUX(int, utf8_to_utf32, (const uint8_t *s, int n, uint32_t *character))
{
	return decode_utf8(s, n, character);
}

LINUX(int, utf32_to_utf8, (uint32_t c, uint8_t *s, int room))
{
	return s == NULL ? 0 : encode_utf8(c, s, room);
}

/* endian: 0 the CPU's, 1 little, 2 big. */
static unicode
ordered(uint32_t c, int endian)
{
	return endian == 2 ? __builtin_bswap16((uint16_t)c) : (unicode)c;
}

LINUX(int, utf8s_to_utf16s,
    (const uint8_t *s, int n, int endian, unicode *to, int room))
{
	unicode *start = to;

	while (n > 0 && room > 0 && *s != 0) {
		uint32_t c;
		int length = decode_utf8(s, n, &c);

		if (length < 0)
			return -EINVAL;
		if (c >= 0x10000) {
			if (room < 2)
				break;
			c -= 0x10000;
			*to++ = ordered(0xd800 | c >> 10, endian);
			*to++ = ordered(0xdc00 | (c & 0x3ff), endian);
			room -= 2;
		} else {
			*to++ = ordered(c, endian);
			room--;
		}
		s += length;
		n -= length;
	}
	return (int)(to - start);
}

/* What is half of a pair without the other is left out. */
LINUX(int, utf16s_to_utf8s,
    (const unicode *from, int n, int endian, uint8_t *s, int room))
{
	uint8_t *start = s;

	while (n > 0 && room > 0) {
		uint32_t c = ordered(*from, endian), low;
		int length;

		if (c == 0)
			break;
		from++;
		n--;
		if ((c & 0xfffff800) == 0xd800) {
			if ((c & 0x400) != 0 || n == 0)
				continue;
			low = ordered(*from, endian);
			if ((low & 0xfffffc00) != 0xdc00)
				continue;
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			from++;
			n--;
		}
		length = encode_utf8(c, s, room);
		if (length < 0)
			break;
		s += length;
		room -= length;
	}
	return (int)(s - start);
}

/* -- Tables. */

LINUX(int, __register_nls, (struct nls_table *table, void *owner))
{
	int error;

	if (table->next != NULL)
		return -EBUSY;
	error = registry_add(kind, table, table->charset, CALLER);
	if (error == 0)
		table->owner = owner;
	return error;
}

LINUX(int, unregister_nls, (struct nls_table *table))
{
	return registry_remove(kind, table, CALLER) ? 0 : -EINVAL;
}

/* Latin-1's first half: the table that is there when no other is. */
static int LINUX_REGPARM
default_encode(unicode c, uint8_t *s, int room)
{
	if (room <= 0)
		return -L_ENAMETOOLONG;
	if (c > 0xff)
		return -EINVAL;
	*s = (uint8_t)c;
	return 1;
}

static int LINUX_REGPARM
default_decode(const uint8_t *s, int n, unicode *c)
{
	*c = *s;
	return 1;
}

static uint8_t default_lower[256], default_upper[256];
static struct nls_table default_table = {
	.charset = "default", .uni2char = default_encode,
	.char2uni = default_decode, .lower = default_lower,
	.upper = default_upper,
};

static struct nls_table *
load_default(void)
{
	for (unsigned c = 0; c < 256; c++) {
		default_lower[c] = (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		default_upper[c] = (uint8_t)(c >= 'a' && c <= 'z' ? c - 32 : c);
	}
	return &default_table;
}

/* Only what is loaded: nobody is there to load a module. */
static struct nls_table *
load(const char *charset)
{
	const void *at = NULL;

	while ((at = ledger_next(kind, at)) != NULL) {
		struct nls_table *table = (void *)(uintptr_t)at;

		if (strcmp(table->charset, charset) == 0 ||
		    (table->alias != NULL &&
		    strcmp(table->alias, charset) == 0))
			return table;
	}
	return strcmp(charset, "default") == 0 ? load_default() : NULL;
}

LINUX(struct nls_table *, load_nls, (const char *charset))
{
	return load(charset);
}

/* Debian's is utf8. */
LINUX(struct nls_table *, load_nls_default, (void))
{
	struct nls_table *table = load("utf8");

	return table != NULL ? table : load_default();
}

LINUX(void, unload_nls, (struct nls_table *table))
{
}

/* -- For the host: whole texts, which answer how long they have become, or
 * minus an error.  A byte that is no character becomes U+FFFD; a character
 * without match answers minus 1000 minus its place. */

int
nls_test_decode(const char *charset, const uint8_t *in, size_t n,
    unicode *out, size_t room)
{
	struct nls_table *table = load(charset);
	size_t length = 0;

	if (table == NULL)
		return -ENOENT;
	for (size_t i = 0; i < n && length < room; length++) {
		int used = table->char2uni(in + i, (int)(n - i),
		    &out[length]);

		if (used <= 0)
			out[length] = 0xfffd;
		i += used > 0 ? (size_t)used : 1;
	}
	return (int)length;
}
EXPORT(nls_test_decode);

int
nls_test_encode(const char *charset, const unicode *in, size_t n,
    uint8_t *out, size_t room)
{
	struct nls_table *table = load(charset);
	size_t length = 0;

	if (table == NULL)
		return -ENOENT;
	for (size_t i = 0; i < n; i++) {
		int used = table->uni2char(in[i], out + length,
		    (int)(room - length));

		if (used <= 0)
			return -1000 - (int)i;
		length += (size_t)used;
	}
	return (int)length;
}
EXPORT(nls_test_encode);

int
nls_test_case(const char *charset, bool upper, uint8_t *text, size_t n)
{
	struct nls_table *table = load(charset);

	if (table == NULL)
		return -ENOENT;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (upper ? table->upper : table->lower)[text[i]];

		if (c != 0)
			text[i] = c;
	}
	return (int)n;
}
EXPORT(nls_test_case);
