// Veneers of ARM: load the PC from the word behind, which also takes the
// instruction set from bit 0 (since ARMv5T).  One kind is written in ARM, one in
// Thumb code; either goes to both sets.
// https://github.com/ARM-software/abi-aa/blob/main/aaelf32/aaelf32.rst, section
// "Call and Jump relocations"

import { type IndirectStub, type VeneerKind, type Veneers, words } from '../veneer.ts';

const arm: VeneerKind = {
  name: 'ARM',
  set: 'arm',
  neutral: -8n,
  // ldr pc, [pc, #-4]; .word target
  code: (target) => words(0xe51f_f004, target),
};

const thumb: VeneerKind = {
  name: 'Thumb',
  set: 'thumb',
  neutral: -4n,
  // ldr.w pc, [pc, #0]; .word target
  code: (target) => words(0xf000_f8df, target),
};

export const veneers: Veneers = {
  bytes: 8,
  // The PC of a Thumb load is rounded down to a word.
  align: 4,
  kinds: new Map([
    // PC24, PLT32, CALL, JUMP24
    [1, arm],
    [27, arm],
    [28, arm],
    [29, arm],
    // THM_CALL, THM_JUMP24, THM_JUMP19, THM_JUMP11, THM_JUMP8
    [10, thumb],
    [30, thumb],
    [51, thumb],
    [102, thumb],
    [103, thumb],
  ]),
};

export const indirectStub: IndirectStub = {
  bytes: 12,
  align: 4,
  set: 'arm',
  // ldr ip, [pc]; ldr pc, [ip]; .word slot
  code: (slot) => words(0xe59f_c000, 0xe59c_f000, slot),
};
