// i386 has no veneers: a branch's 32-bit distance wraps around in the 32-bit
// address space, so it reaches everything.

import { type IndirectStub, type Veneers, words } from '../veneer.ts';

export const veneers: Veneers | undefined = undefined;

export const indirectStub: IndirectStub = {
  bytes: 8,
  align: 8,
  // jmp *slot; ud2
  code: (slot) => [0xff, 0x25, ...words(slot), 0x0f, 0x0b],
};
