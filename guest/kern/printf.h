/*
 * What is inside printf.c, for those who know more conversions than it does.
 */
#ifndef KERN_PRINTF_H
#define KERN_PRINTF_H

#include "defs.h"

struct spec {
	bool		left, zero, alternate;
	char		sign;		/* '+', ' ' or none: of positives */
	unsigned	width;
	size_t		precision;	/* SIZE_MAX: none */
	unsigned	bytes;		/* size of the integer argument */
};

struct sink {
	char	*buf;			/* NULL: the console */
	size_t	room;			/* bytes of buf, with the NUL */
	size_t	n;			/* characters so far */
	va_list	ap;
	/* Does a %p in its own way; f is at the p, and what it answers is the
	 * last character that it has used.  NULL: as printf.c does. */
	const char *(*pointer)(struct sink *, const struct spec *,
	    const char *f, const void *);
};

void	format(struct sink *, const char *);
/* The prefix and n characters, padded to the width. */
void	emit_field(struct sink *, const struct spec *, const char *prefix,
	    const char *, size_t n);

#endif /* KERN_PRINTF_H */
