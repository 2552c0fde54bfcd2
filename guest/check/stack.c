/*
 * How much of its stack a module's code uses: what is below the caller is
 * painted before, and afterwards one sees how far the paint is gone.  Interrupts
 * that came meanwhile count, as they do where stacks overflow.
 */
#include "check.h"

#define PAINT	((uintptr_t)-1 / 255 * 0x5a)
/* What the function here uses itself; less than that is told as none. */
#define OWN	128

void
stack_paint(void)
{
	uintptr_t top = (uintptr_t)__builtin_frame_address(0);

	if (curthread->td_stack == 0 || top < curthread->td_stack + OWN)
		return;
	curthread->td_painted = top;

	/* Here and not in a function, and by nobody interrupted, who would
	 * stand where the paint goes. */
	unsigned s = arch_intr_disable();

	for (uintptr_t at = curthread->td_stack; at < top - OWN;
	    at += sizeof(at))
		*(volatile uintptr_t *)at = PAINT;
	arch_intr_restore(s);
}

void
stack_measure(void)
{
	uintptr_t at = curthread->td_stack, top = curthread->td_painted;
	char text[FINDING_TEXT];
	unsigned used;

	curthread->td_painted = 0;
	while (at < top - OWN && *(const uintptr_t *)at == PAINT)
		at += sizeof(at);
	used = at < top - OWN ? (unsigned)(top - at) : 0;
	if (used > curthread->td_depth)
		curthread->td_depth = used;
	if (used <= STACK_BYTES / 4 * 3)
		return;
	snprintf(text, sizeof(text), "a call into %s used %u of %u bytes of "
	    "stack", curthread->td_module->mod_name, used, STACK_BYTES);
	finding_add("stack-depth", NULL, NULL, text);
}
