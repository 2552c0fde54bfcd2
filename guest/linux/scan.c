/*
 * sscanf, as Linux has it: no floating point, widths always for %s and %[.
 */
#include "linux.h"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Through an argument pointer of the size that the length modifier says. */
static void
store(va_list *ap, int size, uint64_t value)
{
	if (size == 1)
		*va_arg(*ap, uint8_t *) = (uint8_t)value;
	else if (size == 2)
		*va_arg(*ap, uint16_t *) = (uint16_t)value;
	else if (size == 8)
		*va_arg(*ap, uint64_t *) = value;
	else
		*va_arg(*ap, uint32_t *) = (uint32_t)value;
}

/* h, hh, l, ll, L, z: the size in bytes. */
static const char *
length_modifier(const char *f, int *size)
{
	*size = sizeof(int);
	if (*f == 'h') {
		*size = f[1] == 'h' ? 1 : 2;
		return f + (f[1] == 'h' ? 2 : 1);
	}
	if (*f == 'l') {
		*size = f[1] == 'l' ? 8 : (int)sizeof(long);
		return f + (f[1] == 'l' ? 2 : 1);
	}
	if (*f == 'L' || *f == 'z') {
		*size = *f == 'L' ? 8 : (int)sizeof(size_t);
		return f + 1;
	}
	return f;
}

/* The set of %[ as a table; answers what follows the bracket, NULL if none. */
static const char *
read_set(const char *f, bool *in)
{
	bool inverted = *f == '^';
	const char *first;

	memset(in, 0, 256 * sizeof(*in));
	if (inverted)
		f++;
	for (first = f; *f != '\0' && (*f != ']' || f == first); f++)
		in[(unsigned char)*f] = true;
	if (*f == '\0')
		return NULL;
	for (unsigned c = 1; inverted && c < 256; c++)
		in[c] = !in[c];
	in[0] = false;
	return f + 1;
}

/* Text that is in the set, or is no space: the characters taken. */
static size_t
scan_text(const char *s, size_t width, const bool *in, char *to)
{
	size_t n = 0;

	while (n < width && s[n] != '\0' &&
	    (in != NULL ? in[(unsigned char)s[n]] : !is_space(s[n]))) {
		if (to != NULL)
			to[n] = s[n];
		n++;
	}
	if (to != NULL && n > 0)
		to[n] = '\0';
	return n;
}

/* One number; answers how many characters it took, 0 if it is none. */
static size_t
scan_number(const char *s, char kind, size_t width, uint64_t *value)
{
	bool minus = (kind == 'd' || kind == 'i') && *s == '-', overflow;
	unsigned base = kind == 'i' ? 0 : kind == 'o' ? 8 :
	    kind == 'x' || kind == 'X' ? 16 : 10;
	const char *start = s + minus, *end;
	char c = *start;

	width = width > (size_t)minus ? width - minus : 0;
	if (width == 0 || !((c >= '0' && c <= '9') || (base == 16 &&
	    (c | 0x20) >= 'a' && (c | 0x20) <= 'f')))
		return 0;
	end = linux_digits(start, base, width, value, &overflow);
	if (end == start)
		return 0;
	if (minus)
		*value = -*value;
	return (size_t)(end - s);
}

static int
scan(const char *text, const char *f, va_list *ap)
{
	const char *s = text;
	int stored = 0;

	while (*f != '\0') {
		bool in[256], skip = false;
		size_t width = 0, n;
		uint64_t value;
		char kind;
		int size;

		if (is_space(*f)) {
			f++;
			while (is_space(*s))
				s++;
			continue;
		}
		if (*f != '%' || f[1] == '%') {
			f += *f == '%';
			if (*f++ != *s++)
				return stored;
			continue;
		}
		if (*++f == '*') {
			skip = true;
			f++;
		}
		for (; *f >= '0' && *f <= '9'; f++)
			width = width * 10 + (size_t)(*f - '0');
		f = length_modifier(f, &size);
		kind = *f++;
		if (kind == 'n') {
			store(ap, size, (uint64_t)(s - text));
			continue;
		}
		if (kind != 'c' && kind != '[')
			while (is_space(*s))
				s++;
		if (*s == '\0')
			return stored;
		if (kind == '[' && (f = read_set(f, in)) == NULL)
			return stored;
		if (kind == 'c') {
			char *to = skip ? NULL : va_arg(*ap, char *);

			for (n = 0; n < (width > 0 ? width : 1) &&
			    s[n] != '\0'; n++)
				if (to != NULL)
					to[n] = s[n];
		} else if (kind == 's' || kind == '[') {
			n = scan_text(s, width > 0 ? width : SIZE_MAX,
			    kind == '[' ? in : NULL,
			    skip ? NULL : va_arg(*ap, char *));
		} else if (strchr("diuxXo", kind) != NULL) {
			n = scan_number(s, kind, width > 0 ? width : SIZE_MAX,
			    &value);
			if (n > 0 && !skip)
				store(ap, size, value);
		} else {
			return stored;
		}
		if (n == 0)
			return stored;
		s += n;
		stored += !skip;
	}
	return stored;
}

LINUX(int, vsscanf, (const char *text, const char *format, va_list ap))
{
	va_list copy;
	int stored;

	va_copy(copy, ap);
	stored = scan(text, format, &copy);
	va_end(copy);
	return stored;
}

LINUX_VARIADIC(int, sscanf, (const char *text, const char *format, ...))
{
	va_list ap;
	int stored;

	va_start(ap, format);
	stored = scan(text, format, &ap);
	va_end(ap);
	return stored;
}
