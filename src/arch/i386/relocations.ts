// Relocations of i386.  All arithmetic is modulo 2^32, so a 32-bit word holds
// any result; only the 8- and 16-bit words can be too small.
// https://gitlab.com/x86-psABIs/i386-ABI, section "Relocation"

import { data, either, nothing, signed, unchecked } from '../field.ts';
import type { RelocationRule } from '../relocation.ts';
import { type Formula, none, table } from '../rules.ts';

const absolute: Formula = { text: 'S + A', value: ({ S, A }) => BigInt.asIntN(32, S + A) };
const relative: Formula = {
  text: 'S + A - P',
  value: ({ S, A, P }) => BigInt.asIntN(32, S + A - P),
};

export const relocations: ReadonlyMap<number, RelocationRule> = table('R_386_', [
  [0, 'NONE', none, nothing],
  [1, '32', absolute, data(4, unchecked)],
  [2, 'PC32', relative, data(4, unchecked)],
  // No procedure linkage table in a kernel: L = S.
  [4, 'PLT32', relative, data(4, unchecked)],
  [20, '16', absolute, data(2, either(16))],
  [21, 'PC16', relative, data(2, signed(16))],
  [22, '8', absolute, data(1, either(8))],
  [23, 'PC8', relative, data(1, signed(8))],
]);
