/*
 * Formatted output, to a buffer or to the console.  The conversions are
 * listed in <sys/systm.h>; of any other only its letter is left.
 */
#include "printf.h"

static void
emit(struct sink *sink, char c)
{
	if (sink->buf == NULL)
		console_putc(c);
	else if (sink->n + 1 < sink->room)
		sink->buf[sink->n] = c;
	sink->n++;
}

/* The prefix and n characters, padded to the width. */
void
emit_field(struct sink *sink, const struct spec *spec, const char *prefix,
    const char *s, size_t n)
{
	size_t used = strlen(prefix) + n;
	size_t fill = spec->width > used ? spec->width - used : 0;

	for (; fill > 0 && !spec->left && !spec->zero; fill--)
		emit(sink, ' ');
	while (*prefix != '\0')
		emit(sink, *prefix++);
	for (; fill > 0 && !spec->left; fill--)
		emit(sink, '0');
	while (n-- > 0)
		emit(sink, *s++);
	for (; fill > 0; fill--)
		emit(sink, ' ');
}

static void
emit_number(struct sink *sink, const struct spec *spec, const char *prefix,
    uint64_t value, unsigned base, char ten)
{
	char digits[64], *end = digits + sizeof(digits), *first = end;
	size_t least = spec->precision == SIZE_MAX ? 1 : spec->precision;

	if (least > sizeof(digits))
		least = sizeof(digits);
	while (value != 0 || (size_t)(end - first) < least) {
		unsigned digit = (unsigned)(value % base);

		*--first = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
		value /= base;
	}

	struct spec padded = *spec;

	/* A precision leaves no room for zeros of the width. */
	padded.zero &= spec->precision == SIZE_MAX;
	emit_field(sink, &padded, prefix, first, (size_t)(end - first));
}

/* A width or a precision: digits, or a star for an argument. */
static int
number(struct sink *sink, const char **f)
{
	unsigned n = 0;

	if (**f == '*') {
		++*f;
		return va_arg(sink->ap, int);
	}
	for (; **f >= '0' && **f <= '9'; ++*f)
		n = n * 10 + (unsigned)(**f - '0');
	return (int)n;
}

/* Reads flags, width, precision and length; answers where they end. */
static const char *
parse(struct sink *sink, const char *f, struct spec *spec)
{
	*spec = (struct spec){ .precision = SIZE_MAX, .bytes = sizeof(int) };
	for (; *f != '\0' && strchr("-0#+ ", *f) != NULL; f++) {
		spec->left |= *f == '-';
		spec->zero |= *f == '0';
		spec->alternate |= *f == '#';
		if (*f == '+' || (*f == ' ' && spec->sign == '\0'))
			spec->sign = *f;
	}

	int width = number(sink, &f);

	spec->left |= width < 0;
	spec->width = width < 0 ? -(unsigned)width : (unsigned)width;
	if (*f == '.') {
		f++;
		/* One below zero is as none: the largest there is. */
		spec->precision = (size_t)number(sink, &f);
	}
	if (*f == 'l')
		spec->bytes = f[1] == 'l' ? sizeof(long long) : sizeof(long);
	else if (*f == 'j')
		spec->bytes = sizeof(intmax_t);
	else if (*f == 'z' || *f == 't')
		spec->bytes = sizeof(size_t);
	for (; strchr("hljzt", *f) != NULL && *f != '\0'; f++)
		if (*f == 'h')
			spec->bytes /= 2;
	return f;
}

/* The bits of an integer argument. */
static uint64_t
integer(struct sink *sink, const struct spec *spec)
{
	unsigned above = 64 - 8 * spec->bytes;
	uint64_t value = spec->bytes > sizeof(int) ?
	    va_arg(sink->ap, uint64_t) : va_arg(sink->ap, unsigned);

	return value << above >> above;
}

static void
convert(struct sink *sink, const struct spec *spec, char conversion)
{
	const char positive[] = { spec->sign, '\0' };
	unsigned above = 64 - 8 * spec->bytes;
	uint64_t value;
	bool negative;
	const char *s;
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
	case 'u':
		value = integer(sink, spec);
		negative = conversion != 'u' && (int64_t)(value << above) < 0;
		if (negative)
			value = -value << above >> above;
		emit_number(sink, spec, negative ? "-" :
		    conversion != 'u' ? positive : "", value, 10, 'a');
		break;
	case 'o':
	case 'x':
	case 'X':
		value = integer(sink, spec);
		s = conversion == 'o' ? "0" : conversion == 'x' ? "0x" : "0X";
		emit_number(sink, spec, spec->alternate && value != 0 ? s : "",
		    value, conversion == 'o' ? 8 : 16,
		    conversion == 'X' ? 'A' : 'a');
		break;
	case 'p':
		emit_number(sink, spec, "0x",
		    (uintptr_t)va_arg(sink->ap, void *), 16, 'a');
		break;
	case 'c':
		c = (char)va_arg(sink->ap, int);
		emit_field(sink, spec, "", &c, 1);
		break;
	case 's':
		s = va_arg(sink->ap, const char *);
		if (s == NULL)
			s = "(null)";
		emit_field(sink, spec, "", s, strnlen(s, spec->precision));
		break;
	default:
		emit(sink, conversion);
		break;
	}
}

void
format(struct sink *sink, const char *f)
{
	struct spec spec;

	for (; *f != '\0'; f++) {
		if (*f != '%') {
			emit(sink, *f);
			continue;
		}
		f = parse(sink, f + 1, &spec);
		if (*f == '\0')
			break;
		if (*f == 'p' && sink->pointer != NULL)
			f = sink->pointer(sink, &spec, f,
			    va_arg(sink->ap, const void *));
		else
			convert(sink, &spec, *f);
	}
}

int
vsnprintf(char *buf, size_t room, const char *fmt, va_list ap)
{
	char nothing[1];
	struct sink sink = { .buf = room > 0 ? buf : nothing, .room = room };

	va_copy(sink.ap, ap);
	format(&sink, fmt);
	va_end(sink.ap);
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

	/* Undisturbed, so that a call's output stays in one piece. */
	unsigned s = arch_intr_disable();

	va_copy(sink.ap, ap);
	format(&sink, fmt);
	va_end(sink.ap);
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
