/*
 * i386: the interrupt descriptor table, and traps told to the kernel in its
 * own words.
 */
#include "defs.h"

struct gate {
	uint16_t	offset_low, selector;
	uint8_t		reserved, type;
	uint16_t	offset_high;
};
_Static_assert(sizeof(struct gate) == 8, "SDM");

struct descriptor {
	uint16_t	limit;
	uint32_t	base;
} __attribute__((__packed__));

#define VECTOR_INTERRUPT	32

extern char trap_stubs[][16];
void	arch_trap(struct trapframe *);

static struct gate idt[256];

void
arch_trap_init(void)
{
	for (unsigned v = 0; v < 256; v++) {
		uintptr_t stub = (uintptr_t)trap_stubs[v];

		idt[v] = (struct gate){
			.offset_low = stub & 0xffff,
			.selector = 0x08,
			.type = 0x8e,		/* present, interrupt gate */
			.offset_high = stub >> 16,
		};
	}
	struct descriptor idtr = { sizeof(idt) - 1, (uintptr_t)idt };
	__asm volatile("lidt %0" :: "m"(idtr));
}

void
arch_trap(struct trapframe *frame)
{
	uintptr_t address;
	unsigned access;

	switch (frame->vector) {
	case VECTOR_INTERRUPT:
		interrupt(frame);
		return;
	case 0:
		trap(frame, OOPS_DIVIDE, 0, 0, frame->error);
		return;
	case 3:
		trap(frame, OOPS_BREAKPOINT, 0, 0, frame->error);
		return;
	case 6:
		trap(frame, OOPS_UNDEFINED, 0, 0, frame->error);
		return;
	case 13:
		trap(frame, OOPS_PROTECTION, 0, 0, frame->error);
		return;
	case 14:
		__asm volatile("movl %%cr2, %0" : "=r"(address));
		access = frame->error & 0x2 ? ACCESS_WRITE :
		    address == frame->eip ? ACCESS_EXEC : ACCESS_READ;
		trap(frame, OOPS_PAGE_FAULT, address, access, frame->error);
		return;
	case 17:
		trap(frame, OOPS_ALIGNMENT, 0, 0, frame->error);
		return;
	case 0x80:
		trap(frame, OOPS_SVC, 0, 0, frame->error);
		return;
	default:
		trap(frame, OOPS_OTHER, 0, 0, frame->vector);
		return;
	}
}
