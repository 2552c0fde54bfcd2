/*
 * Warnings: what Linux would say with WARN(), and what it would not notice.
 */
#include "linux.h"

void
linux_warn(const void *caller, const char *fmt, ...)
{
	char text[FINDING_TEXT], where[KSYMS_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_fresh_line();
	printf("WARNING: %s at %s\n", text,
	    ksyms_format((uintptr_t)caller, true, where, sizeof(where)));
	finding_add("warning", caller, NULL, text);
}
