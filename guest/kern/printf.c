/*
 * Formatted output, to a buffer or to the console.  The conversions are
 * listed in <sys/systm.h>; anything else is copied as it stands.
 */
#include "defs.h"

struct sink {
	char	*buf;			/* NULL: the console */
	size_t	room;			/* bytes of buf, with the NUL */
	size_t	n;			/* characters so far */
};

struct spec {
	bool		left, zero, alternate;
	unsigned	width;
	size_t		precision;	/* of %s */
	unsigned	bytes;		/* size of the integer argument */
};

static void
emit(struct sink *sink, char c)
{
	if (sink->buf == NULL)
		console_putc(c);
	else if (sink->n + 1 < sink->room)
		sink->buf[sink->n] = c;
	sink->n++;
}

static void
pad(struct sink *sink, char c, size_t used, unsigned width)
{
	for (; used < width; used++)
		emit(sink, c);
}

static void
emit_text(struct sink *sink, const struct spec *spec, const char *s)
{
	if (s == NULL)
		s = "(null)";

	size_t n = strnlen(s, spec->precision);

	if (!spec->left)
		pad(sink, ' ', n, spec->width);
	for (size_t i = 0; i < n; i++)
		emit(sink, s[i]);
	if (spec->left)
		pad(sink, ' ', n, spec->width);
}

static void
emit_number(struct sink *sink, const struct spec *spec, uint64_t value,
    unsigned base, bool upper, const char *prefix)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[24];
	unsigned n = 0;

	do {
		digits[n++] = set[value % base];
		value /= base;
	} while (value != 0);

	size_t used = n + strlen(prefix);

	if (!spec->left && !spec->zero)
		pad(sink, ' ', used, spec->width);
	for (; *prefix != '\0'; prefix++)
		emit(sink, *prefix);
	if (!spec->left && spec->zero)
		pad(sink, '0', used, spec->width);
	while (n > 0)
		emit(sink, digits[--n]);
	if (spec->left)
		pad(sink, ' ', used, spec->width);
}

/* Reads flags, width, precision and length; answers where they end. */
static const char *
parse(const char *f, struct spec *spec, va_list *ap)
{
	*spec = (struct spec){ .precision = SIZE_MAX, .bytes = sizeof(int) };
	for (;; f++) {
		if (*f == '-')
			spec->left = true;
		else if (*f == '0')
			spec->zero = true;
		else if (*f == '#')
			spec->alternate = true;
		else
			break;
	}
	if (*f == '*') {
		int width = va_arg(*ap, int);

		spec->left |= width < 0;
		spec->width = width < 0 ? -(unsigned)width : (unsigned)width;
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		spec->width = spec->width * 10 + (unsigned)(*f - '0');
	if (*f == '.') {
		spec->precision = 0;
		if (*++f == '*') {
			int precision = va_arg(*ap, int);

			spec->precision =
			    precision < 0 ? SIZE_MAX : (size_t)precision;
			f++;
		}
		for (; *f >= '0' && *f <= '9'; f++)
			spec->precision =
			    spec->precision * 10 + (size_t)(*f - '0');
	}
	switch (*f) {
	case 'h':
		spec->bytes = f[1] == 'h' ? sizeof(char) : sizeof(short);
		return f + (f[1] == 'h' ? 2 : 1);
	case 'l':
		spec->bytes = f[1] == 'l' ? sizeof(long long) : sizeof(long);
		return f + (f[1] == 'l' ? 2 : 1);
	case 'j':
		spec->bytes = sizeof(intmax_t);
		return f + 1;
	case 'z':
	case 't':
		spec->bytes = sizeof(size_t);
		return f + 1;
	default:
		return f;
	}
}

static uint64_t
integer(const struct spec *spec, va_list *ap)
{
	switch (spec->bytes) {
	case 1:
		return (unsigned char)va_arg(*ap, unsigned);
	case 2:
		return (unsigned short)va_arg(*ap, unsigned);
	case 4:
		return va_arg(*ap, unsigned);
	default:
		return va_arg(*ap, uint64_t);
	}
}

static void
format(struct sink *sink, const char *f, va_list *ap)
{
	struct spec spec;

	for (; *f != '\0'; f++) {
		if (*f != '%') {
			emit(sink, *f);
			continue;
		}

		const char *start = f;
		uint64_t value;

		f = parse(f + 1, &spec, ap);
		switch (*f) {
		case 'd':
		case 'i': {
			unsigned shift = 64 - 8 * spec.bytes;

			value = integer(&spec, ap);

			bool negative = (int64_t)(value << shift) < 0;

			if (negative)
				value = -value << shift >> shift;
			emit_number(sink, &spec, value, 10, false,
			    negative ? "-" : "");
			break;
		}
		case 'u':
			emit_number(sink, &spec, integer(&spec, ap), 10, false,
			    "");
			break;
		case 'x':
		case 'X':
			value = integer(&spec, ap);
			emit_number(sink, &spec, value, 16, *f == 'X',
			    !spec.alternate || value == 0 ? "" :
			    *f == 'X' ? "0X" : "0x");
			break;
		case 'o':
			value = integer(&spec, ap);
			emit_number(sink, &spec, value, 8, false,
			    spec.alternate && value != 0 ? "0" : "");
			break;
		case 'p':
			emit_number(sink, &spec,
			    (uintptr_t)va_arg(*ap, void *), 16, false, "0x");
			break;
		case 'c': {
			char text[2] = { (char)va_arg(*ap, int), '\0' };

			spec.precision = 1;
			if (text[0] == '\0')
				emit(sink, '\0');
			else
				emit_text(sink, &spec, text);
			break;
		}
		case 's':
			emit_text(sink, &spec, va_arg(*ap, const char *));
			break;
		case '%':
			emit(sink, '%');
			break;
		default:
			for (; start < f; start++)
				emit(sink, *start);
			if (*f == '\0')
				return;
			emit(sink, *f);
			break;
		}
	}
}

int
vsnprintf(char *buf, size_t room, const char *fmt, va_list ap)
{
	char nothing[1];
	struct sink sink = { .buf = room > 0 ? buf : nothing, .room = room };
	va_list copy;

	va_copy(copy, ap);
	format(&sink, fmt, &copy);
	va_end(copy);
	if (room > 0)
		buf[sink.n < room ? sink.n : room - 1] = '\0';
	return (int)sink.n;
}

int
snprintf(char *buf, size_t room, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(buf, room, fmt, ap);
	va_end(ap);
	return n;
}

void
vprintf(const char *fmt, va_list ap)
{
	struct sink sink = { .buf = NULL };
	va_list copy;

	/* Undisturbed, so that a call's output stays in one piece. */
	unsigned s = arch_intr_disable();

	va_copy(copy, ap);
	format(&sink, fmt, &copy);
	va_end(copy);
	arch_intr_restore(s);
}

void
printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}
