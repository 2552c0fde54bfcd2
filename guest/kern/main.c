/*
 * Where the kernel's C begins.  kmain() brings the parts up in order and then
 * becomes the idle thread; the mailbox it hands out last tells the host that
 * the kernel takes requests.
 */
#include "defs.h"

struct wire_bootinfo bootinfo;

void
kmain(uintptr_t bootinfo_pa)
{
	CFI_OUTERMOST();
	bootinfo = *(const struct wire_bootinfo *)KVA(bootinfo_pa);
	if (bootinfo.magic != WIRE_MAGIC || bootinfo.version != WIRE_VERSION ||
	    bootinfo.ram_pa != RAM_PA || bootinfo.free_pa % PAGE_SIZE != 0)
		panic("the boot information is not for this kernel");
	page_init();
	pmap_init();
	arch_trap_init();
	heap_init();
	printf("modbox kernel: %s, %ju KiB RAM, %zu KiB free\n", MACHINE,
	    bootinfo.ram_bytes / 1024, page_free_count() * PAGE_SIZE / 1024);
	device_write(WIRE_INTC + INTC_ENABLE,
	    INTC_TIMER | INTC_REQUEST | INTC_COMMAND);
	linker_init();
	thread_idle();
}
