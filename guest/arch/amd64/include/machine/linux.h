/*
 * amd64: how Debian's 6.1 kernel is configured, as far as it shows in objects.
 */
#ifndef MACHINE_LINUX_H
#define MACHINE_LINUX_H

#include <stdint.h>

/* Alignment of what kmalloc answers, and of struct crypto_alg. */
#define LINUX_MINALIGN	8

/* Sizes of struct crypto_alg and shash_alg, and where a transform's context is,
 * as modules have them. */
#define LINUX_CRYPTO_ALG	384
#define LINUX_SHASH_ALG		480
#define LINUX_TFM_CONTEXT	32

extern char linux_percpu[];

/* What gs: adds to the address of a per-CPU variable. */
static inline uintptr_t
arch_linux_percpu(void)
{
	return (uintptr_t)linux_percpu;
}

/* Modules count inline how often preemption is forbidden. */
extern volatile int linux_preempt_count;
static inline void
arch_linux_preempt_disable(void)
{
	linux_preempt_count++;
}

static inline void
arch_linux_preempt_enable(unsigned count)
{
	linux_preempt_count -= (int)count;
}

/* Spin locks are those of qspinlock.h. */
#define LINUX_QSPINLOCK

#endif /* MACHINE_LINUX_H */
