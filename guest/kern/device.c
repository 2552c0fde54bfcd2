/*
 * The devices: console, timer and the bare register access the rest builds
 * on.  Registers are 32 bits wide; wire.h describes them.
 */
#include "defs.h"

static bool console_in_line;

uint32_t
device_read(uint32_t reg)
{
	return *(volatile uint32_t *)(DEVICES_VA + reg);
}

void
device_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(DEVICES_VA + reg) = value;
}

void
console_putc(int c)
{
	device_write(WIRE_CONSOLE + CONSOLE_TX, (unsigned char)c);
	console_in_line = c != '\n';
}

void
console_fresh_line(void)
{
	if (console_in_line)
		console_putc('\n');
}

uint64_t
nanouptime(void)
{
	/* Two reads, the second of what the first latched. */
	unsigned s = arch_intr_disable();
	uint64_t low = device_read(WIRE_TIMER + TIMER_NOW_LO);
	uint64_t high = device_read(WIRE_TIMER + TIMER_NOW_HI);

	arch_intr_restore(s);
	return high << 32 | low;
}

void
timer_arm(uint64_t deadline)
{
	if (deadline == 0) {
		device_write(WIRE_TIMER + TIMER_DISARM, 1);
		return;
	}
	device_write(WIRE_TIMER + TIMER_COMPARE_LO, (uint32_t)deadline);
	device_write(WIRE_TIMER + TIMER_COMPARE_HI, (uint32_t)(deadline >> 32));
}
