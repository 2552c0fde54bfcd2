/*
 * i386: constants of the address map.  See guest/kern/arch.h.  Two-level
 * tables have no bit that forbids execution.
 */
#ifndef MACHINE_PARAM_H
#define MACHINE_PARAM_H

#define MACHINE		"i386"
#define MACHINE_NX	0
#define PAGE_SIZE	4096
#define LARGE_BYTES	0x400000	/* of a large page */
#define RAM_PA		0x0
#define KERNEL_OFFSET	0x100000	/* of the image, from RAM_PA */

#ifdef __ASSEMBLER__
#define KERNBASE	0xc0000000
#else
#include <stdint.h>
typedef uint32_t pte_t;
#define KERNBASE	0xc0000000UL
#define DEVICES_VA	0xff000000UL
#define GUARDED_START	0xfc000000UL
#define GUARDED_BYTES	0x3000000UL
/* Linux for i386 is built with -mregparm=3. */
#define LINUX_REGPARM	__attribute__((__regparm__(3)))
#endif

#endif /* MACHINE_PARAM_H */
