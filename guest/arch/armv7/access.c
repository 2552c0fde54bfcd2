/*
 * armv7: how wide a load or store is (ARM ARM sections A5 and A6).
 */
#include "defs.h"

#define THUMB		0x20
#define BIT(insn, n)	((insn) >> (n) & 1)

/* STRH LDRD STRD and the like, by the bits 6, 5 and L. */
static unsigned
arm_extra(uint32_t insn)
{
	switch (insn >> 5 & 3) {
	case 1:
		return 2;
	case 2:
		return BIT(insn, 20) ? 1 : 8;
	case 3:
		return BIT(insn, 20) ? 2 : 8;
	default:
		return 0;
	}
}

static unsigned
arm(uint32_t insn)
{
	switch (insn >> 25 & 7) {
	case 0:
		return BIT(insn, 7) && BIT(insn, 4) ? arm_extra(insn) : 0;
	case 2:
		return BIT(insn, 22) ? 1 : 4;
	case 3:
		return BIT(insn, 4) ? 0 : BIT(insn, 22) ? 1 : 4;
	default:			/* several registers are not told */
		return 0;
	}
}

static unsigned
thumb(const uint16_t *code)
{
	static const uint8_t by_register[] = { 4, 2, 1, 1, 4, 2, 1, 2 };
	uint32_t insn = code[0];

	switch (insn >> 12) {
	case 5:
		return by_register[insn >> 9 & 7];
	case 6:
	case 9:
		return 4;
	case 7:
		return 1;
	case 8:
		return 2;
	case 15:
		return (insn & 0xfe00) == 0xf800 ? 1U << (insn >> 5 & 3) : 0;
	default:
		return (insn & 0xfe40) == 0xe840 ? 8 : 0;
	}
}

unsigned
arch_access_bytes(const struct trapframe *frame)
{
	uintptr_t pc = arch_frame_pc(frame);

	return frame->cpsr & THUMB ? thumb((const uint16_t *)pc) :
	    arm(*(const uint32_t *)pc);
}
