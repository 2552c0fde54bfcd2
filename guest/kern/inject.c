/*
 * Failing on purpose: the host says which of a module's calls that can fail is
 * to fail, counted from one, as Linux's /proc/self/fail-nth does.
 */
#include "defs.h"

/* Written and read by the host. */
struct fault_injection fault_injection;

bool
inject_failure(const void *caller)
{
	if (caller == NULL || module_calling(caller) == NULL)
		return false;
	if (++fault_injection.calls != fault_injection.nth)
		return false;
	fault_injection.caller = (uintptr_t)caller;
	return true;
}
