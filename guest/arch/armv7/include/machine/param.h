/*
 * armv7: constants of the address map.  See guest/kern/arch.h.
 */
#ifndef MACHINE_PARAM_H
#define MACHINE_PARAM_H

#define MACHINE		"armv7"
#define MACHINE_NX	1
#define PAGE_SIZE	4096
#define LARGE_BYTES	0x100000	/* of a large page */
#define RAM_PA		0x40000000
#define KERNEL_OFFSET	0x8000		/* of the image, from RAM_PA */

#ifdef __ASSEMBLER__
#define KERNBASE	0xc0000000
#else
#include <stdint.h>
typedef uint32_t pte_t;
#define KERNBASE	0xc0000000UL
#define DEVICES_VA	0xff000000UL
#define GUARDED_START	0xfc000000UL
#define GUARDED_BYTES	0x3000000UL
#define LINUX_REGPARM
#endif

#endif /* MACHINE_PARAM_H */
