/*
 * aarch64: how Debian's 6.1 kernel is configured, as far as it shows in objects.
 */
#ifndef MACHINE_LINUX_H
#define MACHINE_LINUX_H

#include <stdbool.h>
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

/*
 * A spin lock is a word whose low byte is 1 while it is held, since objects
 * unlock it inline.  Answers false when it is held already.
 */
static inline bool
arch_spin_trylock(void *lock)
{
	volatile uint8_t *held = lock;

	if (*held != 0)
		return false;
	*held = 1;
	return true;
}

static inline void
arch_spin_unlock(void *lock)
{
	*(volatile uint8_t *)lock = 0;
}

static inline bool
arch_spin_held(const void *lock)
{
	return *(const volatile uint8_t *)lock != 0;
}

/* A lock of readers and writers: what a reader adds, and what a writer puts. */
#define LINUX_READER	0x200
#define LINUX_WRITER	0xff

#endif /* MACHINE_LINUX_H */
