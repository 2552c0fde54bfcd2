/*
 * i386: the interrupt descriptor table, the task that takes double faults, and
 * traps told to the kernel in its own words.
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

struct tss {				/* SDM volume 3, section 8.2.1 */
	uint32_t	link, stacks[6], cr3, eip, eflags;	/*  0 */
	uint32_t	eax, ecx, edx, ebx, esp, ebp, esi, edi;	/* 40 */
	uint32_t	es, cs, ss, ds, fs, gs, ldt, iomap;	/* 72 */
};
_Static_assert(offsetof(struct tss, eax) == 40, "entry.S");
_Static_assert(sizeof(struct tss) == 104, "SDM");

#define TASK_SELECTOR		0x18
#define FAULT_TASK_SELECTOR	0x20
#define VECTOR_DOUBLE_FAULT	8
#define VECTOR_PAGE_FAULT	14
#define VECTOR_INTERRUPT	32

extern char trap_stubs[][16];
extern uint64_t gdt[];
void	arch_trap(struct trapframe *);
void	arch_double_fault(struct trapframe *);
void	double_fault(void);

static struct gate idt[256];
static char double_fault_stack[8192] __attribute__((__aligned__(16)));
struct tss task;			/* read by entry.S */
static struct tss fault_task = {
	.eip = (uintptr_t)double_fault, .eflags = 0x2,
	.esp = (uintptr_t)(double_fault_stack + sizeof(double_fault_stack)),
	.cs = 0x08, .ss = 0x10, .ds = 0x10, .es = 0x10, .fs = 0x10, .gs = 0x10,
};

static uint64_t
task_descriptor(const struct tss *tss)
{
	uint64_t base = (uintptr_t)tss;

	return (sizeof(*tss) - 1) | (base & 0xffffff) << 16 |
	    0x89ULL << 40 | (base >> 24) << 56;	/* present, not busy */
}

/* The task is `task`, whatever it was, and iret goes back to no other. */
static void
tasks_init(void)
{
	gdt[TASK_SELECTOR / 8] = task_descriptor(&task);
	gdt[FAULT_TASK_SELECTOR / 8] = task_descriptor(&fault_task);
	__asm volatile("pushfl; andl $~0x4000, (%%esp); popfl; ltr %w0" ::
	    "r"(TASK_SELECTOR) : "memory", "cc");	/* NT off */
}

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
	/* Present, and a task gate. */
	idt[VECTOR_DOUBLE_FAULT] = (struct gate){
		.selector = FAULT_TASK_SELECTOR, .type = 0x85
	};
	__asm volatile("movl %%cr3, %0" : "=r"(fault_task.cr3));
	tasks_init();

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
	} else {
		trap(frame, kind != 0 ? kind : OOPS_OTHER, 0, 0,
		    kind != 0 ? frame->error : frame->vector);
	}
}

void
arch_double_fault(struct trapframe *frame)
{
	tasks_init();
	arch_trap(frame);
}
