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
arch_intr_restore(unsigned was)
{
	if (was)
		__asm volatile("sti" ::: "memory");
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

uintptr_t
arch_frame_pc(const struct trapframe *frame)
{
	return frame->eip;
}

uintptr_t
arch_frame_sp(const struct trapframe *frame)
{
	return (uintptr_t)frame->esp_after;
}

uintptr_t
arch_frame_fp(const struct trapframe *frame)
{
	return frame->ebp;
}

unsigned
arch_frame_regs(const struct trapframe *f, uint64_t *regs)
{
	const uint32_t values[] = {
		f->eax, f->ecx, f->edx, f->ebx, (uintptr_t)f->esp_after,
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
}

bool
arch_caller(uintptr_t *pc, uintptr_t *fp)
{
	const uintptr_t *frame = (const uintptr_t *)*fp;

	if (*fp % sizeof(*frame) != 0 || !kernel_readable(*fp, 8) ||
	    (frame[0] != 0 && frame[0] <= *fp) || frame[1] == 0)
		return false;
	*fp = frame[0];
	*pc = frame[1];
	return true;
}
