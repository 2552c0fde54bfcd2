/*
 * amd64: interrupts, idling, stacks of new threads, and what the kernel asks
 * of a trap frame.
 */
#include "defs.h"

#define RFLAGS_IF	0x200

void	thread_entry(void);

const char *const arch_reg_names[] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	"rip", "eflags",
};

unsigned
arch_intr_disable(void)
{
	uint64_t flags;

	__asm volatile("pushfq; popq %0; cli" : "=r"(flags) :: "memory");
	return flags & RFLAGS_IF;
}

void
arch_intr_enable(void)
{
	__asm volatile("sti" ::: "memory");
}

void
arch_intr_restore(unsigned was)
{
	if (was)
		arch_intr_enable();
}

void
arch_idle(void)
{
	__asm volatile("sti; hlt; cli" ::: "memory");
}

uintptr_t
arch_stack_init(uintptr_t top, void (*fn)(void *), void *arg)
{
	/* What arch_switch pops: r15 r14 r13 r12 rbx rbp, return address. */
	uint64_t *sp = (uint64_t *)(top & ~(uintptr_t)15) - 8;

	sp[0] = sp[1] = sp[2] = 0;
	sp[3] = (uintptr_t)arg;
	sp[4] = (uintptr_t)fn;
	sp[5] = 0;
	sp[6] = (uintptr_t)thread_entry;
	return (uintptr_t)sp;
}

void
arch_icache_sync(uintptr_t va, size_t bytes)
{
	/* Caches are coherent. */
	(void)va;
	(void)bytes;
}

unsigned
arch_frame_regs(const struct trapframe *f, uint64_t *regs)
{
	const uint64_t values[] = {
		f->rax, f->rbx, f->rcx, f->rdx, f->rsi, f->rdi, f->rbp, f->rsp,
		f->r8, f->r9, f->r10, f->r11, f->r12, f->r13, f->r14, f->r15,
		f->rip, f->rflags,
	};

	memcpy(regs, values, sizeof(values));
	return __arraycount(values);
}

void
arch_frame_longjmp(struct trapframe *frame, struct jmpbuf *jb)
{
	frame->rip = (uintptr_t)arch_longjmp;
	frame->rdi = (uintptr_t)jb;
	frame->rflags &= ~RFLAGS_IF;
}
