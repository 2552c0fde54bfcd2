/*
 * aarch64: constants of the address map.  See guest/kern/arch.h.
 */
#ifndef MACHINE_PARAM_H
#define MACHINE_PARAM_H

#define MACHINE		"aarch64"
#define MACHINE_NX	1
#define PAGE_SIZE	4096
#define LARGE_BYTES	0x200000	/* of a large page */
#define RAM_PA		0x40000000
#define KERNEL_OFFSET	0x80000		/* of the image, from RAM_PA */

#ifdef __ASSEMBLER__
#define KERNBASE	0xffff800008000000
#else
#include <stdint.h>
typedef uint64_t pte_t;
#define KERNBASE	0xffff800008000000UL
#define DEVICES_VA	0xffff8000f0000000UL
#define GUARDED_START	0xffff000008000000UL
#define GUARDED_BYTES	0x4000000UL
#define LINUX_REGPARM
#endif

#endif /* MACHINE_PARAM_H */
