/*
 * amd64: constants of the address map.  See guest/kern/arch.h.
 */
#ifndef MACHINE_PARAM_H
#define MACHINE_PARAM_H

#define MACHINE		"amd64"
#define MACHINE_NX	1		/* data pages are not executable */
#define PAGE_SIZE	4096
#define RAM_PA		0x0
#define KERNEL_OFFSET	0x100000	/* of the image, from RAM_PA */
#define DEVICES_PA	0xf0000000

#ifdef __ASSEMBLER__
#define KERNBASE	0xffffffff80000000
#else
#define KERNBASE	0xffffffff80000000UL
#define MODULES_START	0xffffffffc0000000UL
#define MODULES_END	0xffffffffe0000000UL
#define DEVICES_VA	0xfffffffff0000000UL
#define LINUX_REGPARM
#endif

#endif /* MACHINE_PARAM_H */
