/*
 * Linux's formats: those of printf.c, and what may follow %p.
 */
#include "linux.h"
#include "printf.h"

static void
text(struct sink *sink, const struct spec *spec, const char *s)
{
	emit_field(sink, spec, "", s, strnlen(s, spec->precision));
}

/* Bytes in hexadecimal, with something between. */
static void
hex_bytes(struct sink *sink, const uint8_t *p, unsigned n, const char *between)
{
	const struct spec plain = { .precision = SIZE_MAX };

	for (unsigned i = 0; i < n; i++) {
		const char digits[] = { "0123456789abcdef"[p[i] >> 4],
		    "0123456789abcdef"[p[i] & 15], '\0' };

		if (i > 0)
			text(sink, &plain, between);
		text(sink, &plain, digits);
	}
}

static void
decimal(struct sink *sink, unsigned n)
{
	const struct spec plain = { .precision = SIZE_MAX };
	char digits[12];

	(void)snprintf(digits, sizeof(digits), "%u", n);
	text(sink, &plain, digits);
}

/* %pI4, %pi4: a.b.c.d; of %pI6 all the groups. */
static void
internet(struct sink *sink, const uint8_t *p, bool is6)
{
	const struct spec plain = { .precision = SIZE_MAX };

	for (unsigned i = 0; i < (is6 ? 8 : 4); i++) {
		if (i > 0)
			text(sink, &plain, is6 ? ":" : ".");
		if (is6)
			hex_bytes(sink, p + 2 * i, 2, "");
		else
			decimal(sink, p[i]);
	}
}

struct va_format {
	const char	*fmt;
	va_list		*va;
};

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* Whether everything is done; what is unknown is printed as an address. */
static bool
extended(struct sink *sink, const struct spec *spec, const char *f,
    const void *p)
{
	char where[KSYMS_TEXT];
	unsigned n = spec->width > 0 ? spec->width : 1;

	switch (*f) {
	case 'V': {
		const struct va_format *vf = p;
		va_list outer;

		va_copy(outer, sink->ap);
		va_end(sink->ap);
		va_copy(sink->ap, *vf->va);
		format(sink, vf->fmt);
		va_end(sink->ap);
		va_copy(sink->ap, outer);
		va_end(outer);
		return true;
	}
	case 's':
	case 'S':
	case 'B':
		text(sink, spec, ksyms_format((uintptr_t)p, *f == 'B', where,
		    sizeof(where)));
		return true;
	case 'h':
		hex_bytes(sink, p, n > 64 ? 64 : n,
		    f[1] == 'C' ? ":" : f[1] == 'D' ? "-" :
		    f[1] == 'N' ? "" : " ");
		return true;
	case 'M':
	case 'm':
		hex_bytes(sink, p, 6, *f == 'm' ? "" :
		    f[1] == 'F' ? "-" : ":");
		return true;
	case 'I':
	case 'i':
		if (f[1] != '4' && f[1] != '6')
			return false;
		internet(sink, p, f[1] == '6');
		return true;
	case 'e':
		if (!is_err(p))
			return false;
		(void)snprintf(where, sizeof(where), "%d",
		    (int)(intptr_t)p);
		text(sink, spec, where);
		return true;
	case 'U':
		for (unsigned i = 0, at = 0; i < 5; i++) {
			static const uint8_t parts[] = { 4, 2, 2, 2, 6 };
			const struct spec plain = { .precision = SIZE_MAX };

			if (i > 0)
				text(sink, &plain, "-");
			hex_bytes(sink, (const uint8_t *)p + at, parts[i], "");
			at += parts[i];
		}
		return true;
	default:
		return false;
	}
}

/* An address is printed whole: nobody has to be kept from knowing it. */
static const char *
pointer(struct sink *sink, const struct spec *spec, const char *f,
    const void *p)
{
	const char *end = f + 1;

	while (is_alnum(*end))
		end++;
	if (p != NULL && extended(sink, spec, f + 1, p))
		return end - 1;

	char digits[2 * sizeof(p) + 1];

	if (p == NULL) {
		text(sink, spec, "(null)");
	} else {
		(void)snprintf(digits, sizeof(digits), "%0*jx",
		    2 * (int)sizeof(p), (uintmax_t)(uintptr_t)p);
		text(sink, spec, digits);
	}
	return end - 1;
}

int
linux_format(char *buf, size_t room, const char *fmt, va_list ap)
{
	char nothing[1];
	struct sink sink = {
		.buf = room > 0 ? buf : nothing, .room = room,
		.pointer = pointer
	};

	va_copy(sink.ap, ap);
	format(&sink, fmt);
	va_end(sink.ap);
	if (room > 0)
		buf[sink.n < room ? sink.n : room - 1] = '\0';
	return (int)sink.n;
}

void
linux_print(const char *fmt, va_list ap)
{
	struct sink sink = { .buf = NULL, .pointer = pointer };
	unsigned s = arch_intr_disable();

	/* \001 and a character are the level of the message. */
	if (fmt[0] == '\001' && fmt[1] != '\0')
		fmt += 2;
	va_copy(sink.ap, ap);
	format(&sink, fmt);
	va_end(sink.ap);
	arch_intr_restore(s);
}

/* What is in the buffer, without the NUL. */
static int
within(int n, size_t room)
{
	return room == 0 ? 0 : (size_t)n < room ? n : (int)room - 1;
}

LINUX(int, vsnprintf, (char *buf, size_t room, const char *fmt, va_list ap))
{
	return linux_format(buf, room, fmt, ap);
}

LINUX(int, vscnprintf, (char *buf, size_t room, const char *fmt, va_list ap))
{
	return within(linux_format(buf, room, fmt, ap), room);
}

LINUX(int, vsprintf, (char *buf, const char *fmt, va_list ap))
{
	return linux_format(buf, INT32_MAX, fmt, ap);
}

LINUX_VARIADIC(int, snprintf, (char *buf, size_t room, const char *fmt, ...))
{
	va_list ap;

	va_start(ap, fmt);

	int n = linux_format(buf, room, fmt, ap);

	va_end(ap);
	return n;
}

LINUX_VARIADIC(int, scnprintf, (char *buf, size_t room, const char *fmt, ...))
{
	va_list ap;

	va_start(ap, fmt);

	int n = within(linux_format(buf, room, fmt, ap), room);

	va_end(ap);
	return n;
}

LINUX_VARIADIC(int, sprintf, (char *buf, const char *fmt, ...))
{
	va_list ap;

	va_start(ap, fmt);

	int n = linux_format(buf, INT32_MAX, fmt, ap);

	va_end(ap);
	return n;
}
