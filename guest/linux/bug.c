/*
 * WARN() and BUG(): an instruction that traps, and a table in the module that
 * says of it where it stands in the source, and whether one goes on behind it.
 */
#include "linux.h"

/* On 64-bit kernels both pointers are distances from themselves. */
struct bug_entry {
	int32_t		address;
	int32_t		file;
	uint16_t	line;
	uint16_t	flags;
};
_Static_assert(sizeof(struct bug_entry) == 12, "Linux");

#define BUG_WARNING	1
#define BUG_ONCE	2
#define BUG_DONE	4

static uintptr_t
pointer(const int32_t *at)
{
	return sizeof(void *) == 8 ? (uintptr_t)at + (uintptr_t)(intptr_t)*at :
	    (uintptr_t)(uint32_t)*at;
}

static struct bug_entry *
entry_at(uintptr_t pc)
{
	const struct module *m = module_at(pc);

	if (m == NULL || m->mod_linkinfo == NULL)
		return NULL;

	struct bug_entry *e =
	    (struct bug_entry *)(uintptr_t)m->mod_linkinfo->bugs_va;
	size_t n = (size_t)m->mod_linkinfo->bugs_bytes / sizeof(*e);

	for (; n > 0; n--, e++)
		if (pointer(&e->address) == pc)
			return e;
	return NULL;
}

bool
linux_bug(struct trapframe *frame)
{
	uintptr_t pc = arch_frame_pc(frame);
	struct bug_entry *e = entry_at(pc);

	if (e == NULL)
		return false;

	const char *file = (const char *)pointer(&e->file);

	if (!(e->flags & BUG_WARNING)) {
		snprintf(panic_message, sizeof(panic_message),
		    "kernel BUG at %s:%u", file, e->line);
		return false;
	}
	if (!(e->flags & BUG_ONCE) || !(e->flags & BUG_DONE))
		linux_warn((const char *)pc + 1, "%s:%u", file, e->line);
	if (e->flags & BUG_ONCE)
		e->flags |= BUG_DONE;
	arch_frame_skip_trap(frame);
	return true;
}

const char *
linux_bug_text(uintptr_t pc)
{
	const struct bug_entry *e = entry_at(pc);

	return e != NULL && !(e->flags & BUG_WARNING) ? panic_message : NULL;
}
