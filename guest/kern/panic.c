/*
 * The end: panic().  When it is a module under a guard that calls it, or that
 * misuses a kernel function, it is only the module's end, and a fault like
 * any other.
 */
#include "defs.h"

char panic_message[256];

static void __dead
vpanic(bool contained, const char *fmt, va_list ap)
{
	static struct wire_oops oops;
	static bool panicking;

	(void)arch_intr_disable();
	if (!panicking) {
		vsnprintf(panic_message, sizeof(panic_message), fmt, ap);
		console_fresh_line();
		printf("panic: %s\n", panic_message);
		if (contained && !interrupting && curthread->td_guard != NULL)
			guard_throw(OOPS_PANIC);
		panicking = true;
		oops_fill_call(&oops, OOPS_PANIC);
		oops_print_frames(&oops);
	}
	device_write(WIRE_POWER + POWER_PANIC, (uint32_t)KPA(panic_message));
	for (;;)
		continue;
}

/* Only misuse of a kernel function ends here, found before it did harm. */
void
panic_caller(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic(true, fmt, ap);
}

void
panic(const char *fmt, ...)
{
	/* The call can be a module's very last instruction. */
	uintptr_t call = (uintptr_t)__builtin_return_address(0) - 1;
	va_list ap;

	va_start(ap, fmt);
	vpanic(module_at(call) != NULL, fmt, ap);
}
