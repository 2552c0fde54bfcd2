/*
 * amd64: the interrupt descriptor table, the task state segment whose stack
 * takes double faults, and traps told to the kernel in its own words.
 */
#include "defs.h"
#include <machine/linux.h>

struct gate {
	uint16_t	offset_low, selector;
	uint8_t		ist, type;
	uint16_t	offset_middle;
	uint32_t	offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "SDM");

struct tss {
	uint32_t	reserved0;
	uint64_t	rsp[3];
	uint64_t	reserved1;
	uint64_t	ist[7];
	uint64_t	reserved2;
	uint16_t	reserved3, iomap;
} __attribute__((__packed__));
_Static_assert(sizeof(struct tss) == 104, "SDM");

struct descriptor {
	uint16_t	limit;
	uint64_t	base;
} __attribute__((__packed__));

#define VECTOR_DOUBLE_FAULT	8
#define VECTOR_PAGE_FAULT	14
#define VECTOR_INTERRUPT	32
#define MSR_GS_BASE		0xc0000101

extern uint64_t gdt[];
extern char trap_stubs[][16];
void	arch_trap(struct trapframe *);

static struct gate idt[256];
static struct tss tss;
static char double_fault_stack[4096] __attribute__((__aligned__(16)));

void
arch_trap_init(void)
{
	for (unsigned v = 0; v < 256; v++) {
		uintptr_t stub = (uintptr_t)trap_stubs[v];

		idt[v] = (struct gate){
			.offset_low = stub & 0xffff,
			.selector = 0x08,
			.ist = v == VECTOR_DOUBLE_FAULT ? 1 : 0,
			.type = 0x8e,		/* present, interrupt gate */
			.offset_middle = (stub >> 16) & 0xffff,
			.offset_high = stub >> 32,
		};
	}
	struct descriptor idtr = { sizeof(idt) - 1, (uintptr_t)idt };
	__asm volatile("lidt %0" :: "m"(idtr));

	uint64_t base = (uintptr_t)&tss;

	tss.ist[0] = (uintptr_t)double_fault_stack + sizeof(double_fault_stack);
	tss.iomap = sizeof(tss);
	gdt[3] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 |
	    0x89ULL << 40 | ((base >> 24) & 0xff) << 56;
	gdt[4] = base >> 32;
	__asm volatile("ltr %w0" :: "r"(0x18));

	uint64_t gs = arch_linux_percpu();

	__asm volatile("wrmsr" :: "c"(MSR_GS_BASE), "a"((uint32_t)gs),
	    "d"((uint32_t)(gs >> 32)));
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
	} else if (frame->vector == VECTOR_PAGE_FAULT ||
	    frame->vector == VECTOR_DOUBLE_FAULT) {
		uintptr_t address;

		__asm volatile("movq %%cr2, %0" : "=r"(address));

		/* A double fault is a write to a stack that is used up. */
		unsigned access = frame->error & 0x10 ? ACCESS_EXEC :
		    frame->error & 0x2 ||
		    frame->vector == VECTOR_DOUBLE_FAULT ?
		    ACCESS_WRITE : ACCESS_READ;

		trap(frame, OOPS_PAGE_FAULT, address, access, frame->error);
	} else {
		trap(frame, kind != 0 ? kind : OOPS_OTHER, 0, 0,
		    kind != 0 ? frame->error : frame->vector);
	}
}
