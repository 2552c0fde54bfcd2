// Relocations of 32-bit ARM, arithmetic modulo 2^32.  S is the symbol's address
// with bit 0 clear; T, its Thumb bit, is part of an address that is stored, but
// never of a branch's distance: there it chooses between BL and BLX.  A branch
// without an exchanging form (B, B.W, B<cond>) reaches the other instruction set
// only through a veneer.
// https://github.com/ARM-software/abi-aa/blob/main/aaelf32/aaelf32.rst

import * as arm from '../arm/a32-fields.ts';
import * as thumb from '../arm/t32-fields.ts';
import { data, either, nothing, unchecked } from '../field.ts';
import { narrowAbsolute32, narrowRelative32 } from '../narrow.ts';
import type { RelocationRule } from '../relocation.ts';
import {
  dynamicBase,
  dynamicResolver,
  dynamicSymbol,
  type Formula,
  gotBase,
  gotSlot,
  none,
  table,
} from '../rules.ts';

const wrap = (value: bigint): bigint => BigInt.asIntN(32, value);
const absolute: Formula = {
  text: '(S + A) | T',
  value: ({ S, A, T }) => wrap((S + A) | T),
  narrow: narrowAbsolute32,
};
const relative: Formula = {
  text: '((S + A) | T) - P',
  value: ({ S, A, P, T }) => wrap(((S + A) | T) - P),
  narrow: narrowRelative32,
};
const branch: Formula = {
  text: 'S + A - P',
  value: ({ S, A, P }) => wrap(S + A - P),
  narrow: narrowRelative32,
};
const plain: Formula = {
  text: 'S + A',
  value: ({ S, A }) => wrap(S + A),
  narrow: narrowAbsolute32,
};
// AAELF32 writes GOT_ORG for GOT, and GOT(S) for GOT + G.
const fromGot: Formula = {
  text: '((S + A) | T) - GOT',
  value: ({ S, A, T, GOT }) => wrap(((S + A) | T) - GOT),
};
const toGot: Formula = { text: 'GOT + A - P', value: ({ GOT, A, P }) => wrap(GOT + A - P) };
const slot: Formula = { text: 'G + A', value: ({ G, A }) => wrap(G + A) };
const slotAddress: Formula = { text: 'G + GOT + A', value: ({ G, GOT, A }) => wrap(G + GOT + A) };
const slotRelative: Formula = {
  text: 'G + GOT + A - P',
  value: ({ G, GOT, A, P }) => wrap(G + GOT + A - P),
};

// AAELF32 has (S + A) | T, but with the word as it stands linkers leave no addend.
const symbol: Formula = { text: 'S | T', value: ({ S, T }) => wrap(S | T) };
// Bit 0 of the word tells Thumb code, as in every address that is stored.
const base: Formula = { text: 'B + A', value: ({ B, A }) => wrap(B + A) };

// A branch to an absent weak symbol goes to the next instruction; the PC is two
// instructions ahead.
const armCall = { branch: { arm: arm.bl, thumb: arm.blx }, absent: -4n };
const armJump = { branch: { arm: arm.branch }, absent: -4n };
const thumbCall = { branch: { arm: thumb.blx, thumb: thumb.bl }, absent: 0n };
const thumbJump24 = { branch: { thumb: thumb.jump24 }, absent: 0n };
const thumbJump19 = { branch: { thumb: thumb.jump19 }, absent: 0n };
const thumbJump8 = { branch: { thumb: thumb.jump8 }, absent: -2n };
const thumbJump11 = { branch: { thumb: thumb.jump11 }, absent: -2n };

export const relocations: ReadonlyMap<number, RelocationRule> = table('R_ARM_', [
  [0, 'NONE', none, nothing],
  [1, 'PC24', branch, arm.branch, armJump],
  [2, 'ABS32', absolute, data(4, unchecked)],
  [3, 'REL32', relative, data(4, unchecked)],
  [5, 'ABS16', plain, data(2, either(16))],
  [8, 'ABS8', plain, data(1, either(8))],
  [10, 'THM_CALL', branch, thumb.call, thumbCall],
  [21, 'GLOB_DAT', symbol, data(4, unchecked), dynamicSymbol],
  [22, 'JUMP_SLOT', symbol, data(4, unchecked), dynamicSymbol],
  [23, 'RELATIVE', base, data(4, unchecked), dynamicBase],
  [24, 'GOTOFF32', fromGot, data(4, unchecked), gotBase],
  [25, 'BASE_PREL', toGot, data(4, unchecked), gotBase],
  [26, 'GOT_BREL', slot, data(4, unchecked), gotSlot],
  // No procedure linkage table in a kernel: the symbol itself.
  [27, 'PLT32', branch, arm.branch, armJump],
  [28, 'CALL', branch, arm.call, armCall],
  [29, 'JUMP24', branch, arm.branch, armJump],
  [30, 'THM_JUMP24', branch, thumb.jump24, thumbJump24],
  [38, 'TARGET1', absolute, data(4, unchecked)],
  // ARMv4 needs MOV pc, Rm here; every later one keeps its BX.
  [40, 'V4BX', none, nothing],
  // The platform chooses: REL32, as for bare machines.
  [41, 'TARGET2', relative, data(4, unchecked)],
  [42, 'PREL31', relative, arm.prel31],
  [43, 'MOVW_ABS_NC', absolute, arm.movw],
  [44, 'MOVT_ABS', plain, arm.movt],
  [45, 'MOVW_PREL_NC', relative, arm.movw],
  [46, 'MOVT_PREL', branch, arm.movt],
  [47, 'THM_MOVW_ABS_NC', absolute, thumb.movw],
  [48, 'THM_MOVT_ABS', plain, thumb.movt],
  [49, 'THM_MOVW_PREL_NC', relative, thumb.movw],
  [50, 'THM_MOVT_PREL', branch, thumb.movt],
  [51, 'THM_JUMP19', branch, thumb.jump19, thumbJump19],
  [57, 'ALU_PC_G0_NC', relative, arm.aluGroup(0)],
  [59, 'ALU_PC_G1_NC', relative, arm.aluGroup(1)],
  [63, 'LDR_PC_G2', branch, arm.ldrGroup2],
  [95, 'GOT_ABS', slotAddress, data(4, unchecked), gotSlot],
  [96, 'GOT_PREL', slotRelative, data(4, unchecked), gotSlot],
  [102, 'THM_JUMP11', branch, thumb.jump11, thumbJump11],
  [103, 'THM_JUMP8', branch, thumb.jump8, thumbJump8],
  [160, 'IRELATIVE', base, data(4, unchecked), dynamicResolver],
]);
