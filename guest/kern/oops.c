/*
 * Oops records: what is known of a fault, filled once and then read by the
 * kernel's console and by the host alike.
 */
#include "defs.h"

#define DIGITS	(2 * (int)sizeof(uintptr_t))	/* of an address */

/*
 * From a frame of the chain {caller's frame pointer, return address} to the
 * next one; false at the end.  Stacks grow down, so callers lie higher.
 */
bool
frame_caller(uintptr_t *pc, uintptr_t *fp)
{
	const uintptr_t *frame = (const uintptr_t *)*fp;

	if (*fp % sizeof(*frame) != 0 || pmap_extract(*fp) == 0 ||
	    pmap_extract(*fp + sizeof(*frame)) == 0 || frame[1] == 0 ||
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

	if (oops->nframes == 0)
		oops->pc = pc;
	oops->module = m != NULL ? m->mod_id : 0;
	oops->thread = curthread->td_id;
	if (pc == 0)
		return;
	do
		oops->frames[oops->nframes++] = pc;
	while (oops->nframes < WIRE_OOPS_FRAMES && frame_caller(&pc, &fp));
}

/* What lies there, or 0. */
static uintptr_t
word_at(const uintptr_t *at)
{
	return (uintptr_t)at % sizeof(*at) == 0 &&
	    pmap_extract((uintptr_t)at) != 0 ? *at : 0;
}

/* A symbol that nobody has was used. */
static void
fill_missing(struct wire_oops *oops, const struct trapframe *frame,
    const char *name, const struct module *wanted_by)
{
	oops->kind = OOPS_MISSING_SYMBOL;
	oops->missing_va = (uintptr_t)name;
	if (wanted_by != NULL)
		oops->module = wanted_by->mod_id;
	for (unsigned i = 0; i < WIRE_OOPS_ARGS; i++)
		oops->args[i] = word_at(arch_frame_arg(frame, i));
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

	uintptr_t pc = arch_frame_pc(frame), at = pc;
	const struct module *wanted_by;

	if (kind == OOPS_PAGE_FAULT && access & ACCESS_EXEC) {
		/* No code is there: who called is what matters. */
		oops->pc = oops->frames[oops->nframes++] = pc;
		pc = word_at(arch_frame_return(frame));
		at = pc - 1;
	}
	fill_frames(oops, pc, at, arch_frame_fp(frame));
	if ((kind == OOPS_UNDEFINED || kind == OOPS_BREAKPOINT) &&
	    linux_bug_text(pc) != NULL)
		oops->kind = OOPS_PANIC;
	if (kind != OOPS_PAGE_FAULT)
		return;

	const char *missing = module_missing(address, &wanted_by);

	if (missing != NULL)
		fill_missing(oops, frame, missing, wanted_by);
	else if (heap_has(address)) {
		if (!(access & ACCESS_EXEC))
			oops->access_bytes = arch_access_bytes(frame);
		heap_fault(oops);
	}
	else if (pmap_extract(address) == 0 && gone_at(address) != NULL) {
		oops->kind = OOPS_FREED;
		oops->text_va = (uintptr_t)gone_at(address);
	}
}

void
oops_fill_call(struct wire_oops *oops, unsigned kind)
{
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t fp = here, pc = 0;

	/* The kernel's functions below a module's are not to blame. */
	while (frame_caller(&pc, &fp) && module_at(pc - 1) == NULL)
		continue;
	if (module_at(pc - 1) == NULL) {
		fp = here;
		(void)frame_caller(&pc, &fp);
	}
	memset(oops, 0, sizeof(*oops));
	oops->kind = kind;
	oops->sp = fp;
	fill_frames(oops, pc, pc - 1, fp);
	if (kind == OOPS_HEAP)
		heap_fill_misuse(oops);
}

static const char *
access_name(const struct wire_oops *oops, const char *exec)
{
	return oops->access & ACCESS_EXEC ? exec :
	    oops->access & ACCESS_WRITE ? "write to" : "read of";
}

static void
describe_missing(const struct wire_oops *oops, char *buf, size_t room)
{
	const char *name = (const char *)(uintptr_t)oops->missing_va;

	snprintf(buf, room, "missing symbol: %s %s",
	    access_name(oops, "call of"), name);
	if (!(oops->access & ACCESS_EXEC))
		return;
	for (unsigned i = 0; i < WIRE_OOPS_ARGS; i++) {
		char arg[24];

		snprintf(arg, sizeof(arg), "%s0x%jx", i > 0 ? ", " : "(",
		    (uintmax_t)oops->args[i]);
		strlcat(buf, arg, room);
	}
	strlcat(buf, ", ...)", room);
}

/* The first line of a report, and the middle of a reason: without the pc. */
static void
describe_kind(const struct wire_oops *oops, char *buf, size_t room)
{
	static const char *const names[] = {
		[OOPS_UNDEFINED] = "undefined instruction",
		[OOPS_DIVIDE] = "divide error",
		[OOPS_BREAKPOINT] = "breakpoint instruction",
		[OOPS_SVC] = "system call instruction",
		[OOPS_ALIGNMENT] = "alignment fault",
		[OOPS_PROTECTION] = "protection fault",
		[OOPS_WATCHDOG] = "watchdog: it ran too long",
		[OOPS_OTHER] = "unexpected trap",
	};

	if (oops->kind == OOPS_PAGE_FAULT)
		snprintf(buf, room, "page fault: %s 0x%0*jx",
		    access_name(oops, "execution of"), DIGITS,
		    (uintmax_t)oops->address);
	else if (oops->kind == OOPS_FREED)
		snprintf(buf, room, "%s 0x%0*jx in %s",
		    access_name(oops, "call of"), DIGITS,
		    (uintmax_t)oops->address,
		    (const char *)(uintptr_t)oops->text_va);
	else if (oops->kind == OOPS_HEAP)
		heap_describe(oops, buf, room);
	else if (oops->kind == OOPS_MISSING_SYMBOL)
		describe_missing(oops, buf, room);
	else if (oops->kind == OOPS_PANIC)
		snprintf(buf, room, "panic: %s", panic_message);
	else
		strlcpy(buf, names[oops->kind], room);
}

/* A frame is a return address; the first is the pc if there are registers. */
static const char *
format_frame(const struct wire_oops *oops, unsigned i, char *buf, size_t room)
{
	bool returns = i > 0 || oops->nregs == 0;

	return ksyms_format((uintptr_t)oops->frames[i], returns, buf, room);
}

/* The frame that is at fault: not a function that is not there. */
static unsigned
blamed(const struct wire_oops *oops)
{
	return (oops->kind == OOPS_MISSING_SYMBOL ||
	    oops->kind == OOPS_FREED) && oops->access & ACCESS_EXEC && oops->nframes > 1;
}

const char *
oops_describe(const struct wire_oops *oops, char *buf, size_t room)
{
	char where[KSYMS_TEXT];

	describe_kind(oops, buf, room);
	strlcat(buf, " at ", room);
	strlcat(buf, format_frame(oops, blamed(oops), where, sizeof(where)),
	    room);
	return buf;
}

void
oops_print_frames(const struct wire_oops *oops)
{
	char text[KSYMS_TEXT];

	printf("Backtrace:\n");
	for (unsigned i = 0; i < oops->nframes; i++)
		printf("  %s\n", format_frame(oops, i, text, sizeof(text)));
}

void
oops_print(const struct wire_oops *oops)
{
	const struct module *m = module_by_id(oops->module);
	const struct thread *t = thread_by_id(oops->thread);
	char text[256];

	if (oops->kind == OOPS_HEAP) {
		heap_print(oops);
		return;
	}
	describe_kind(oops, text, sizeof(text));
	console_fresh_line();
	printf("Oops: %s, in %s%s\n", text,
	    m != NULL ? "module " : "the kernel", m != NULL ? m->mod_name : "");
	printf("pc  %s   sp 0x%0*jx   thread %u (%s)\n",
	    format_frame(oops, 0, text, sizeof(text)),
	    DIGITS, (uintmax_t)oops->sp, oops->thread,
	    t != NULL ? t->td_name : "gone");
	for (unsigned i = 0; i < oops->nregs; i++)
		printf("%-6s 0x%0*jx%s", arch_reg_names[i], DIGITS,
		    (uintmax_t)oops->regs[i],
		    i % 4 == 3 || i + 1 == oops->nregs ? "\n" : "  ");
	oops_print_frames(oops);
}
