/*
 * aarch64: how Debian's 6.1 kernel is configured, as far as it shows in objects.
 */
#ifndef MACHINE_LINUX_H
#define MACHINE_LINUX_H

#include <stdint.h>

/* Alignment of what kmalloc answers, and of struct crypto_alg. */
#define LINUX_MINALIGN	128

/* Sizes of struct crypto_alg and shash_alg, and where a transform's context is,
 * as modules have them. */
#define LINUX_CRYPTO_ALG	384
#define LINUX_SHASH_ALG		640
#define LINUX_TFM_CONTEXT	128

/* What is added to the address of a per-CPU variable. */
static inline uintptr_t
arch_linux_percpu(void)
{
	return 0;
}

/* Modules of these kernels do not count how often preemption is forbidden. */
static inline void
arch_linux_preempt_disable(void)
{
}

/* Software interrupts they count in the task, at an offset that is theirs. */
static inline void
arch_linux_preempt_enable(unsigned count)
{
	(void)count;
}

/* Spin locks are those of qspinlock.h. */
#define LINUX_QSPINLOCK

#endif /* MACHINE_LINUX_H */
