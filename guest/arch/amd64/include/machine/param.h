/*
 * amd64: constants of the address map.  See guest/kern/arch.h.
 */
#ifndef MACHINE_PARAM_H
#define MACHINE_PARAM_H

#define MACHINE		"amd64"
#define MACHINE_NX	1		/* data pages are not executable */
#define PAGE_SIZE	4096
#define LARGE_BYTES	0x200000	/* of a large page */
#define RAM_PA		0x0
#define KERNEL_OFFSET	0x100000	/* of the image, from RAM_PA */

#ifdef __ASSEMBLER__
#define KERNBASE	0xffffffff80000000
#else
#include <stdint.h>
typedef uint64_t pte_t;
#define KERNBASE	0xffffffff80000000UL
#define DEVICES_VA	0xfffffffff0000000UL
#define GUARDED_START	0xffff888000000000UL
#define GUARDED_BYTES	0x4000000UL
#define LINUX_REGPARM
#endif

#endif /* MACHINE_PARAM_H */
