/*
 * aarch64: how wide a load or store is (ARM ARM section C4.1.66).
 */
#include "defs.h"

#define BIT(insn, n)	((insn) >> (n) & 1)

unsigned
arch_access_bytes(const struct trapframe *frame)
{
	uint32_t insn = *(const uint32_t *)arch_frame_pc(frame);
	unsigned size = insn >> 30;
	bool vector = BIT(insn, 26);

	switch (insn >> 27 & 7) {
	case 1:				/* exclusive, acquire, release */
		return vector || BIT(insn, 24) ? 0 : 1U << size;
	case 5:				/* pairs */
		return vector ? 8U << size : size == 2 ? 16 : 8;
	case 7:
		return vector && size == 0 && BIT(insn, 23) ? 16 : 1U << size;
	default:
		return 0;
	}
}
