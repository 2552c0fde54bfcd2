/*
 * The end: panic().  When the one to blame is a module under a guard, it is
 * only the module's end, and a fault like any other.
 */
#include "defs.h"

static char message[256];

const char *
panic_message(void)
{
	return message;
}

static void __dead
vpanic(uintptr_t pc, uintptr_t fp, const char *fmt, va_list ap)
{
	static bool panicking;

	(void)arch_intr_disable();
	if (!panicking) {
		vsnprintf(message, sizeof(message), fmt, ap);
		console_fresh_line();
		printf("panic: %s\n", message);
		if (!interrupting && curthread->td_guard != NULL &&
		    module_at(pc) != NULL)
			guard_throw(OOPS_PANIC, fp);
		panicking = true;
		backtrace(fp);
	}
	device_write(WIRE_POWER + POWER_PANIC, (uint32_t)KPA(message));
	for (;;)
		continue;
}

void
panic_caller(uintptr_t pc, uintptr_t fp, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic(pc, fp, fmt, ap);
}

void
panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic((uintptr_t)__builtin_return_address(0),
	    (uintptr_t)__builtin_frame_address(0), fmt, ap);
}
