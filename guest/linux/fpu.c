/*
 * Vector registers inside the kernel.  Modules are told of no CPU feature, so
 * they choose their scalar code; what is beyond choice (SSE2 on amd64) may
 * run, since code of modules is not preempted by other code that has such
 * registers, and must not sleep in between.
 */
#include "linux.h"

LINUX_GPL(void, kernel_fpu_begin_mask, (unsigned mask))
{
}

LINUX_GPL(void, kernel_fpu_end, (void))
{
}

LINUX(bool, irq_fpu_usable, (void))
{
	return !interrupting;
}

LINUX_GPL(int, cpu_has_xfeatures, (uint64_t features, const char **name))
{
	return 0;
}

LINUX_GPL(void, kernel_neon_begin, (void))
{
}

LINUX_GPL(void, kernel_neon_end, (void))
{
}

LINUX_GPL(bool, cpu_have_feature, (unsigned feature))
{
	return false;
}
