// Relocations of amd64.  Results are taken modulo 2^64 and then as signed, so
// that a per-CPU symbol near 0 is within reach of code in the top 2 GiB.  Linux
// and NetBSD store PC32 and PLT32 unchecked; here, as in every linker, they must
// fit.
//
// GOTPCRELX could become a LEA where the symbol is near.  It does not: a slot is
// right at any distance and leaves the instructions as the compiler wrote them;
// it costs 8 bytes for each symbol and a load for each use.
// https://gitlab.com/x86-psABIs/x86-64-ABI, section "Relocation"

import { data, either, nothing, signed, unchecked, unsigned } from '../field.ts';
import { narrowAbsolute, narrowRelative } from '../narrow.ts';
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
  value: ({ S, A }) => BigInt.asIntN(64, S + A),
  narrow: narrowAbsolute,
};
const relative: Formula = {
  text: 'S + A - P',
  value: ({ S, A, P }) => BigInt.asIntN(64, S + A - P),
  narrow: narrowRelative,
};
const slot: Formula = { text: 'G + A', value: ({ G, A }) => BigInt.asIntN(64, G + A) };
const slotRelative: Formula = {
  text: 'G + GOT + A - P',
  value: ({ G, GOT, A, P }) => BigInt.asIntN(64, G + GOT + A - P),
};
const fromGot: Formula = {
  text: 'S + A - GOT',
  value: ({ S, A, GOT }) => BigInt.asIntN(64, S + A - GOT),
};
const toGot: Formula = {
  text: 'GOT + A - P',
  value: ({ GOT, A, P }) => BigInt.asIntN(64, GOT + A - P),
};

const symbol: Formula = { text: 'S', value: ({ S }) => BigInt.asIntN(64, S) };
const base: Formula = { text: 'B + A', value: ({ B, A }) => BigInt.asIntN(64, B + A) };

export const relocations: ReadonlyMap<number, RelocationRule> = table('R_X86_64_', [
  [0, 'NONE', none, nothing],
  [1, '64', absolute, data(8, unchecked)],
  [2, 'PC32', relative, data(4, signed(32))],
  [3, 'GOT32', slot, data(4, signed(32)), gotSlot],
  // No procedure linkage table in a kernel: L = S.
  [4, 'PLT32', relative, data(4, signed(32))],
  [6, 'GLOB_DAT', symbol, data(8, unchecked), dynamicSymbol],
  [7, 'JUMP_SLOT', symbol, data(8, unchecked), dynamicSymbol],
  [8, 'RELATIVE', base, data(8, unchecked), dynamicBase],
  [9, 'GOTPCREL', slotRelative, data(4, signed(32)), gotSlot],
  // The CPU zero-extends 32 and sign-extends 32S.
  [10, '32', absolute, data(4, unsigned(32))],
  [11, '32S', absolute, data(4, signed(32))],
  [12, '16', absolute, data(2, either(16))],
  [13, 'PC16', relative, data(2, signed(16))],
  [14, '8', absolute, data(1, either(8))],
  [15, 'PC8', relative, data(1, signed(8))],
  [24, 'PC64', relative, data(8, unchecked)],
  // The large code model.
  [25, 'GOTOFF64', fromGot, data(8, unchecked), gotBase],
  [26, 'GOTPC32', toGot, data(4, signed(32)), gotBase],
  [27, 'GOT64', slot, data(8, unchecked), gotSlot],
  [28, 'GOTPCREL64', slotRelative, data(8, unchecked), gotSlot],
  [29, 'GOTPC64', toGot, data(8, unchecked), gotBase],
  [31, 'PLTOFF64', fromGot, data(8, unchecked), gotBase],
  [37, 'IRELATIVE', base, data(8, unchecked), dynamicResolver],
  [38, 'RELATIVE64', base, data(8, unchecked), dynamicBase],
  [41, 'GOTPCRELX', slotRelative, data(4, signed(32)), gotSlot],
  [42, 'REX_GOTPCRELX', slotRelative, data(4, signed(32)), gotSlot],
]);
