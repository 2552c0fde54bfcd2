/*
 * Oops records: what is known of a fault, filled once and then read by the
 * kernel's console and by the host alike.
 */
#include "defs.h"

#define DIGITS	(2 * (int)sizeof(uintptr_t))	/* of an address */

/* Whether all of it is mapped: in the kernel window or the module area. */
bool
kernel_readable(uintptr_t va, size_t bytes)
{
	uintptr_t last = va + bytes - 1;

	if (bytes == 0 || last < va)
		return bytes == 0;
	if (va >= KERNBASE && last - KERNBASE < bootinfo.ram_bytes)
		return true;
	if (va < MODULES_START || last >= MODULES_END)
		return false;
	for (va &= ~(uintptr_t)(PAGE_SIZE - 1); va <= last; va += PAGE_SIZE)
		if (pmap_extract(va) == 0)
			return false;
	return true;
}

/*
 * From a frame of the chain {caller's frame pointer, return address} to the
 * next one; false at the end.  Stacks grow down, so callers lie higher.
 */
static bool
frame_caller(uintptr_t *pc, uintptr_t *fp)
{
	const uintptr_t *frame = (const uintptr_t *)*fp;

	if (*fp % sizeof(*frame) != 0 ||
	    !kernel_readable(*fp, 2 * sizeof(*frame)) || frame[1] == 0 ||
	    (frame[0] != 0 && frame[0] <= *fp))
		return false;
	*fp = frame[0];
	*pc = frame[1];
	return true;
}

/* `at` is an address in the instruction at pc, or in the call before it. */
static void
fill_frames(struct wire_oops *oops, uintptr_t pc, uintptr_t at, uintptr_t fp)
{
	const struct module *m = module_at(at);

	oops->pc = pc;
	oops->module = m != NULL ? m->mod_id : 0;
	oops->thread = curthread->td_id;
	do
		oops->frames[oops->nframes++] = pc;
	while (oops->nframes < WIRE_OOPS_FRAMES && frame_caller(&pc, &fp));
}

void
oops_fill(struct wire_oops *oops, const struct trapframe *frame,
    unsigned kind, uintptr_t address, unsigned access, uint64_t code)
{
	memset(oops, 0, sizeof(*oops));
	oops->kind = kind;
	oops->address = address;
	oops->access = access;
	oops->code = code;
	oops->sp = arch_frame_sp(frame);
	oops->nregs = arch_frame_regs(frame, oops->regs);

	uintptr_t pc = arch_frame_pc(frame);

	fill_frames(oops, pc, pc, arch_frame_fp(frame));
}

void
oops_fill_call(struct wire_oops *oops, unsigned kind, uintptr_t fp)
{
	uintptr_t pc = 0;

	memset(oops, 0, sizeof(*oops));
	oops->kind = kind;
	oops->sp = fp;
	(void)frame_caller(&pc, &fp);
	fill_frames(oops, pc, pc - 1, fp);
}

static const char *
kind_name(unsigned kind)
{
	static const char *const names[] = {
		[OOPS_UNDEFINED] = "undefined instruction",
		[OOPS_DIVIDE] = "divide error",
		[OOPS_BREAKPOINT] = "breakpoint instruction",
		[OOPS_SVC] = "system call instruction",
		[OOPS_ALIGNMENT] = "alignment fault",
		[OOPS_PROTECTION] = "protection fault",
		[OOPS_WATCHDOG] = "watchdog: it ran too long",
	};

	return kind < __arraycount(names) && names[kind] != NULL ?
	    names[kind] : "unexpected trap";
}

/* The first line of a report, and the middle of a reason: without the pc. */
static void
describe_kind(const struct wire_oops *oops, char *buf, size_t room)
{
	if (oops->kind == OOPS_PAGE_FAULT)
		snprintf(buf, room, "page fault: %s 0x%0*jx",
		    oops->access & ACCESS_EXEC ? "execution of" :
		    oops->access & ACCESS_WRITE ? "write to" : "read of",
		    DIGITS, (uintmax_t)oops->address);
	else if (oops->kind == OOPS_PANIC)
		snprintf(buf, room, "panic: %s", panic_message());
	else
		snprintf(buf, room, "%s", kind_name(oops->kind));
}

/* Without registers the pc is the address a call would have returned to. */
static const char *
format_pc(const struct wire_oops *oops, char *buf, size_t room)
{
	return oops->nregs > 0 ?
	    ksyms_format((uintptr_t)oops->pc, buf, room) :
	    ksyms_format_return((uintptr_t)oops->pc, buf, room);
}

const char *
oops_describe(const struct wire_oops *oops, char *buf, size_t room)
{
	char where[KSYMS_TEXT];

	describe_kind(oops, buf, room);

	size_t n = strlen(buf);

	snprintf(buf + n, room - n, " at %s",
	    format_pc(oops, where, sizeof(where)));
	return buf;
}

void
oops_print(const struct wire_oops *oops)
{
	const struct module *m = module_by_id(oops->module);
	const struct thread *t = thread_by_id(oops->thread);
	char text[256];

	describe_kind(oops, text, sizeof(text));
	console_fresh_line();
	printf("Oops: %s, in %s%s\n", text,
	    m != NULL ? "module " : "the kernel", m != NULL ? m->mod_name : "");
	printf("pc  %s   sp 0x%0*jx   thread %u (%s)\n",
	    format_pc(oops, text, sizeof(text)),
	    DIGITS, (uintmax_t)oops->sp, oops->thread,
	    t != NULL ? t->td_name : "gone");
	for (unsigned i = 0; i < oops->nregs; i++)
		printf("%-6s 0x%0*jx%s", arch_reg_names[i], DIGITS,
		    (uintmax_t)oops->regs[i],
		    i % 4 == 3 || i + 1 == oops->nregs ? "\n" : "  ");
	printf("Backtrace:\n");
	for (unsigned i = 0; i < oops->nframes; i++)
		printf("  %s\n", i == 0 ?
		    format_pc(oops, text, sizeof(text)) :
		    ksyms_format_return((uintptr_t)oops->frames[i], text,
		    sizeof(text)));
}

void
backtrace(uintptr_t fp)
{
	char text[KSYMS_TEXT];
	uintptr_t pc = 0;

	printf("Backtrace:\n");
	for (unsigned i = 0; i < WIRE_OOPS_FRAMES && frame_caller(&pc, &fp);
	    i++)
		printf("  %s\n", ksyms_format_return(pc, text, sizeof(text)));
}
