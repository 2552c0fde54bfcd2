// Relocations of amd64.  Results are taken modulo 2^64 and then as signed, so
// that a per-CPU symbol near 0 is within reach of code in the top 2 GiB.  Linux
// and NetBSD store PC32 and PLT32 unchecked; here, as in every linker, they must
// fit.
// https://gitlab.com/x86-psABIs/x86-64-ABI, section "Relocation"

import { data, either, nothing, signed, unchecked, unsigned } from '../field.ts';
import type { RelocationRule } from '../relocation.ts';
import { type Formula, none, table } from '../rules.ts';

const absolute: Formula = { text: 'S + A', value: ({ S, A }) => BigInt.asIntN(64, S + A) };
const relative: Formula = {
  text: 'S + A - P',
  value: ({ S, A, P }) => BigInt.asIntN(64, S + A - P),
};

export const relocations: ReadonlyMap<number, RelocationRule> = table('R_X86_64_', [
  [0, 'NONE', none, nothing],
  [1, '64', absolute, data(8, unchecked)],
  [2, 'PC32', relative, data(4, signed(32))],
  // No procedure linkage table in a kernel: L = S.
  [4, 'PLT32', relative, data(4, signed(32))],
  // The CPU zero-extends 32 and sign-extends 32S.
  [10, '32', absolute, data(4, unsigned(32))],
  [11, '32S', absolute, data(4, signed(32))],
  [12, '16', absolute, data(2, either(16))],
  [13, 'PC16', relative, data(2, signed(16))],
  [14, '8', absolute, data(1, either(8))],
  [15, 'PC8', relative, data(1, signed(8))],
  [24, 'PC64', relative, data(8, unchecked)],
]);
