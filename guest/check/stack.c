/*
 * How much of its stack a module's code uses: what is below the caller is
 * painted before, and afterwards one sees how far the paint is gone.  Interrupts
 * that came meanwhile count, as they do where stacks overflow.
 */
#include "check.h"

#define PAINT	0x5aU
/* What the functions here use themselves; less than that is told as none. */
#define OWN	256

void
stack_paint(void)
{
	uintptr_t top = (uintptr_t)__builtin_frame_address(0);

	if (curthread->td_stack == 0 || top < curthread->td_stack + OWN)
		return;
	curthread->td_painted = top;
	memset((void *)curthread->td_stack, PAINT,
	    top - OWN - curthread->td_stack);
}

void
stack_measure(void)
{
	const uint8_t *at = (const uint8_t *)curthread->td_stack;
	uintptr_t top = curthread->td_painted;
	char text[FINDING_TEXT];
	unsigned used;

	curthread->td_painted = 0;
	while ((uintptr_t)at < top - OWN && *at == PAINT)
		at++;
	used = (uintptr_t)at < top - OWN ? (unsigned)(top - (uintptr_t)at) : 0;
	if (used > curthread->td_depth)
		curthread->td_depth = used;
	if (used <= STACK_BYTES / 4 * 3)
		return;
	snprintf(text, sizeof(text), "a call into %s used %u of %u bytes of "
	    "stack", curthread->td_module->mod_name, used, STACK_BYTES);
	finding_add("stack-depth", NULL, NULL, text);
}
