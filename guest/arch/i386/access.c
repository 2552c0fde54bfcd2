/*
 * i386: how wide a load or store is (Intel SDM volume 2, appendix A).
 */
#include "defs.h"

static bool
is_prefix(uint8_t byte)
{
	return (byte & 0xe7) == 0x26 || (byte >= 0x64 && byte <= 0x67) ||
	    byte == 0xf0 || byte == 0xf2 || byte == 0xf3;
}

/* Whose last bit tells bytes from operands: the others have no memory. */
static bool
is_plain(uint8_t op)
{
	return (op < 0x40 && (op & 7) < 4) || (op >= 0x80 && op <= 0x8b) ||
	    (op >= 0xa4 && op <= 0xaf) || op == 0xc0 || op == 0xc1 ||
	    op == 0xc6 || op == 0xc7 || (op >= 0xd0 && op <= 0xd3) ||
	    op == 0xf6 || op == 0xf7 || op >= 0xfe;
}

unsigned
arch_access_bytes(const struct trapframe *frame)
{
	const uint8_t *code = (const uint8_t *)arch_frame_pc(frame);
	unsigned operand = 4;

	for (; is_prefix(*code); code++)
		if (*code == 0x66)
			operand = 2;
	if (*code != 0x0f)
		return !is_plain(*code) ? 0 : *code & 1 ? operand : 1;
	code++;
	if ((*code & 0xf6) == 0xb6)		/* movzx, movsx */
		return *code & 1 ? 2 : 1;
	if ((*code & 0xfe) == 0xb0 || (*code & 0xfe) == 0xc0) /* cmpxchg, xadd */
		return *code & 1 ? operand : 1;
	return 0;
}
