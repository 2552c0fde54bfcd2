/*
 * i386: interrupts, idling, stacks of new threads, and what the kernel asks
 * of a trap frame.
 */
#include "defs.h"

#define EFLAGS_IF	0x200

void	thread_entry(void);
void	frame_longjmp(void);

const char *const arch_reg_names[] = {
	"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
	"eip", "eflags",
};

/* Linux modules built for i386 read their canary at fs:__stack_chk_guard. */
uintptr_t linux_stack_chk_guard;

unsigned
arch_intr_disable(void)
{
	uint32_t flags;

	__asm volatile("pushfl; popl %0; cli" : "=r"(flags) :: "memory");
	return flags & EFLAGS_IF;
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
	/* What arch_switch pops: edi esi ebx ebp, return address. */
	uint32_t *sp = (uint32_t *)(top & ~(uintptr_t)15) - 8;

	sp[0] = 0;
	sp[1] = (uintptr_t)arg;
	sp[2] = (uintptr_t)fn;
	sp[3] = 0;
	sp[4] = (uintptr_t)thread_entry;
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
	const uint32_t values[] = {
		f->eax, f->ecx, f->edx, f->ebx, f->esp,
		f->ebp, f->esi, f->edi, f->eip, f->eflags,
	};

	for (unsigned i = 0; i < __arraycount(values); i++)
		regs[i] = values[i];
	return __arraycount(values);
}

void
arch_frame_longjmp(struct trapframe *frame, struct jmpbuf *jb)
{
	frame->eip = (uintptr_t)frame_longjmp;
	frame->eax = (uintptr_t)jb;
	frame->eflags &= ~EFLAGS_IF;
}
