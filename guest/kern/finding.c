/*
 * Findings: what the kernel noticed of modules that is wrong but stops nobody.
 * The host reads and clears them.
 */
#include "defs.h"

/* Written and read by the host too. */
struct wire_findings findings;

void
finding_add(const char *kind, const void *caller, const void *address,
    const char *text)
{
	const struct module *m = module_calling(caller);
	unsigned s = arch_intr_disable();

	if (findings.count < FINDINGS) {
		struct wire_finding *f = &findings.finding[findings.count];

		f->kind_va = (uintptr_t)kind;
		f->caller_va = (uintptr_t)caller;
		f->address = (uintptr_t)address;
		f->module = m != NULL ? m->mod_id : 0;
		strlcpy(f->text, text, sizeof(f->text));
	}
	findings.count++;
	arch_intr_restore(s);
}
