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

#define VECTOR_PAGE_FAULT	14
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

/* By vector; a page fault says more, and the rest is OOPS_OTHER. */
static const uint8_t kinds[256] = {
	[0] = OOPS_DIVIDE, [3] = OOPS_BREAKPOINT, [6] = OOPS_UNDEFINED,
	[13] = OOPS_PROTECTION, [17] = OOPS_ALIGNMENT, [0x80] = OOPS_SVC,
};

void
arch_trap(struct trapframe *frame)
{
	unsigned kind = kinds[frame->vector];

	if (frame->vector == VECTOR_INTERRUPT) {
		interrupt(frame);
	} else if (frame->vector == VECTOR_PAGE_FAULT) {
		uintptr_t address;

		__asm volatile("movl %%cr2, %0" : "=r"(address));

		unsigned access = frame->error & 0x2 ? ACCESS_WRITE :
		    address == frame->eip ? ACCESS_EXEC : ACCESS_READ;

		trap(frame, OOPS_PAGE_FAULT, address, access, frame->error);
	} else if (kind != 0) {
		trap(frame, kind, 0, 0, frame->error);
	} else {
		trap(frame, OOPS_OTHER, 0, 0, frame->vector);
	}
}
