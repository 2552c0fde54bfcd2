// Relocations of i386.  All arithmetic is modulo 2^32, so a 32-bit word holds
// any result; only the 8- and 16-bit words can be too small.  Code compiled with
// -fPIC keeps GOT in a register; GOT32 and GOT32X count from there, but without a
// base register in the instruction they mean the slot's address.
// https://gitlab.com/x86-psABIs/i386-ABI, section "Relocation"

import { data, either, nothing, signed, unchecked } from '../field.ts';
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

const absolute: Formula = {
  text: 'S + A',
  value: ({ S, A }) => BigInt.asIntN(32, S + A),
  narrow: narrowAbsolute32,
};
const relative: Formula = {
  text: 'S + A - P',
  value: ({ S, A, P }) => BigInt.asIntN(32, S + A - P),
  narrow: narrowRelative32,
};
/** mod 00, r/m 101: a 32-bit address and no base register. */
const hasBase = (modRM: number): boolean => (modRM & 0xc7) !== 0x05;
const slot: Formula = {
  text: 'G + A',
  value: ({ G, GOT, A, M }) => BigInt.asIntN(32, G + A + (hasBase(M) ? 0n : GOT)),
};
const fromGot: Formula = {
  text: 'S + A - GOT',
  value: ({ S, A, GOT }) => BigInt.asIntN(32, S + A - GOT),
};
const toGot: Formula = {
  text: 'GOT + A - P',
  value: ({ GOT, A, P }) => BigInt.asIntN(32, GOT + A - P),
};
// Linkers leave something else in the word, so there is no A.
const symbol: Formula = { text: 'S', value: ({ S }) => BigInt.asIntN(32, S) };
const base: Formula = { text: 'B + A', value: ({ B, A }) => BigInt.asIntN(32, B + A) };
const gotSlotAfterModRM = { ...gotSlot, afterModRM: true } as const;

export const relocations: ReadonlyMap<number, RelocationRule> = table('R_386_', [
  [0, 'NONE', none, nothing],
  [1, '32', absolute, data(4, unchecked)],
  [2, 'PC32', relative, data(4, unchecked)],
  [3, 'GOT32', slot, data(4, unchecked), gotSlotAfterModRM],
  // No procedure linkage table in a kernel: L = S.
  [4, 'PLT32', relative, data(4, unchecked)],
  [6, 'GLOB_DAT', symbol, data(4, unchecked), dynamicSymbol],
  [7, 'JUMP_SLOT', symbol, data(4, unchecked), dynamicSymbol],
  [8, 'RELATIVE', base, data(4, unchecked), dynamicBase],
  [9, 'GOTOFF', fromGot, data(4, unchecked), gotBase],
  [10, 'GOTPC', toGot, data(4, unchecked), gotBase],
  [20, '16', absolute, data(2, either(16))],
  [21, 'PC16', relative, data(2, signed(16))],
  [22, '8', absolute, data(1, either(8))],
  [23, 'PC8', relative, data(1, signed(8))],
  [42, 'IRELATIVE', base, data(4, unchecked), dynamicResolver],
  [43, 'GOT32X', slot, data(4, unchecked), gotSlotAfterModRM],
]);
