// Far calls of amd64: CALL and JMP reach 2 GiB, a jump through memory everything.
// No register is touched, so code with a calling convention of its own (__fentry__,
// retpoline thunks) may pass.

import { type IndirectStub, type VeneerKind, type Veneers, words } from '../veneer.ts';

const far: VeneerKind = {
  name: 'far call',
  neutral: -4n,
  // jmp *2(%rip); ud2; .quad target
  code: (target) => [
    ...[0xff, 0x25, 0x02, 0x00, 0x00, 0x00, 0x0f, 0x0b],
    ...words(target, target >> 32n),
  ],
};

export const veneers: Veneers = {
  bytes: 16,
  align: 8,
  // PC32, PLT32
  kinds: new Map([
    [2, far],
    [4, far],
  ]),
  isBranch: (section, offset) => {
    const opcode = section[offset - 1] ?? 0;
    // Neither can be the ModRM byte of an operand relative to RIP.
    const isCallOrJmp = opcode === 0xe8 || opcode === 0xe9;
    const isJcc = (opcode & 0xf0) === 0x80 && section[offset - 2] === 0x0f;
    return isCallOrJmp || isJcc;
  },
};

export const indirectStub: IndirectStub = {
  bytes: 16,
  align: 16,
  // movabs $slot, %r11; jmp *(%r11); int3
  code: (slot) => [
    ...[0x49, 0xbb, ...words(slot, slot >> 32n)],
    ...[0x41, 0xff, 0x23, 0xcc, 0xcc, 0xcc],
  ],
};
