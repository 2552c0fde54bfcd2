/*
 * How a request ended: error, stage, a reason in words, and the oops record
 * if a fault was the cause.
 */
#include "defs.h"

int
outcome_fail(struct outcome *o, unsigned stage, int error, const char *fmt,
    ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kmem_free(o->reason);
	o->reason = kernel_alloc(strlen(text) + 1);
	if (o->reason != NULL)
		strlcpy(o->reason, text, sizeof(text));
	o->stage = stage;
	o->error = error;
	return error;
}

int
outcome_no_memory(struct outcome *o)
{
	return outcome_fail(o, STAGE_MEMORY, ENOMEM,
	    "no memory or address space left");
}

int
outcome_oops(struct outcome *o, unsigned stage, int error,
    const struct wire_oops *oops, const char *what)
{
	char text[256];

	oops_print(oops);
	if (o->oops == NULL)
		o->oops = kernel_alloc(sizeof(*oops));
	if (o->oops != NULL)
		*o->oops = *oops;
	return outcome_fail(o, stage, error, "%s: %s", what,
	    oops_describe(oops, text, sizeof(text)));
}

void
outcome_clear(struct outcome *o)
{
	kmem_free(o->reason);
	kmem_free(o->oops);
	kmem_free(o->left);
	*o = (struct outcome){ .error = 0 };
}
