// Relocations of AArch64.  Data words accept what fits whichever way it is read,
// except the place-relative ones: the psABI allows them up to 2^n - 1 as well,
// but every reader in a kernel takes them as signed, and so does Linux.
// https://github.com/ARM-software/abi-aa/blob/main/aaelf64/aaelf64.rst

import {
  bitField,
  data,
  distance,
  either,
  getBits,
  nothing,
  type Range,
  setBits,
  signed,
  unchecked,
  unsigned,
} from '../field.ts';
import { decline, narrowAbsolute, narrowPages, narrowRelative } from '../narrow.ts';
import type { Field, RelocationRule } from '../relocation.ts';
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

const page = (address: bigint): bigint => address & ~0xfffn;
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
// AAELF64 writes Delta(S) + A, S being the segment's.
const base: Formula = { text: 'B + A', value: ({ B, A }) => BigInt.asIntN(64, B + A) };
const pages: Formula = {
  text: 'Page(S + A) - Page(P)',
  value: ({ S, A, P }) => BigInt.asIntN(64, page(S + A) - page(P)),
  narrow: narrowPages,
};
// AAELF64 writes G(GDAT(S + A)) for the address of a slot that holds S + A, which
// is GOT + G here.
const slotPages: Formula = {
  text: 'Page(G + GOT) - Page(P)',
  value: ({ G, GOT, P }) => BigInt.asIntN(64, page(G + GOT) - page(P)),
};
const slotAddress: Formula = { text: 'G + GOT', value: ({ G, GOT }) => G + GOT };
const slotFromP: Formula = {
  text: 'G + GOT - P',
  value: ({ G, GOT, P }) => BigInt.asIntN(64, G + GOT - P),
};
const slotFromGot: Formula = { text: 'G', value: ({ G }) => G };
const slotFromPage: Formula = {
  text: 'G + GOT - Page(GOT)',
  value: ({ G, GOT }) => G + GOT - page(GOT),
};
const slotRelative: Formula = {
  text: 'G + GOT + A - P',
  value: ({ G, GOT, A, P }) => BigInt.asIntN(64, G + GOT + A - P),
};
const fromGot: Formula = {
  text: 'S + A - GOT',
  value: ({ S, A, GOT }) => BigInt.asIntN(64, S + A - GOT),
};
const gotSlotPlus = { got: 'slot of S + A' } as const;

/** A branch or literal load: a distance in words. */
function words(lsb: number, width: number): Field {
  return bitField({ bytes: 4, lsb, width, shift: 2, align: 4n, range: distance(width + 2, 4n) });
}

/** The low 12 bits of an address, in units of the load's or store's size. */
function low12(shift: number): Field {
  const immediate = { lsb: 10, width: 12 - shift };
  const scale = BigInt(shift);
  return {
    bytes: 4,
    range: unchecked,
    align: 1n << scale,
    extract: (raw) => getBits(raw, immediate) << scale,
    insert: (raw, value) =>
      setBits(setBits(raw, { lsb: 10, width: 12 }, 0n), immediate, value >> scale),
    narrow: {
      extract: decline,
      insert: (raw, value) => (raw & ~0x3f_fc00) | (((value & 0xfff) >> shift) << 10),
      whole: false,
    },
  };
}

/** LDR of a GOT slot at up to 32 KiB from the base register. */
const loadSlot15: Field = bitField({
  bytes: 4,
  lsb: 10,
  width: 12,
  shift: 3,
  align: 8n,
  range: { min: 0n, max: 0x7ff8n },
});

/** ADR and ADRP: the immediate is split, its two low bits stand at bit 29. */
function adr(shift: number, range: Range | undefined): Field {
  const low = { lsb: 29, width: 2 };
  const high = { lsb: 5, width: 19 };
  const scale = BigInt(shift);
  return {
    bytes: 4,
    range,
    align: 1n,
    extract: (raw) => BigInt.asIntN(21, (getBits(raw, high) << 2n) | getBits(raw, low)) << scale,
    insert: (raw, value) => setBits(setBits(raw, low, value >> scale), high, value >> (scale + 2n)),
    narrow: {
      extract: decline,
      insert: (raw, value) => {
        const immediate = Math.floor(value / 2 ** shift);
        return (raw & ~0x60ff_ffe0) | ((immediate & 3) << 29) | ((immediate & 0x1f_fffc) << 3);
      },
      whole: false,
    },
  };
}

const imm16 = { lsb: 5, width: 16 };

/** MOVZ or MOVK: 16 bits of the value, from bit 16 * group. */
function movw(group: number, range: Range | undefined): Field {
  const shift = BigInt(16 * group);
  return {
    bytes: 4,
    range,
    align: 1n,
    extract: (raw) => BigInt.asIntN(16, getBits(raw, imm16)),
    insert: (raw, value) => setBits(raw, imm16, value >> shift),
  };
}

/** MOVZ or MOVN, whichever the value's sign asks for; MOVK is left alone. */
function signedMovw(group: number, range: Range | undefined): Field {
  const plain = movw(group, range);
  const shift = BigInt(16 * group);
  const isMovk = (raw: bigint): boolean => (raw & (1n << 29n)) !== 0n;
  const movz = 1n << 30n;
  return {
    ...plain,
    insert: (raw, value) => {
      if (isMovk(raw)) return plain.insert(raw, value);
      if (value < 0n) return setBits(raw & ~movz, imm16, ~value >> shift);
      return plain.insert(raw | movz, value);
    },
  };
}

/** Where a branch to an absent weak symbol goes. */
const nextInstruction = { absent: 4n };

export const relocations: ReadonlyMap<number, RelocationRule> = table('R_AARCH64_', [
  [0, 'NONE', none, nothing],
  [256, 'NONE', none, nothing],
  [257, 'ABS64', absolute, data(8, unchecked)],
  [258, 'ABS32', absolute, data(4, either(32))],
  [259, 'ABS16', absolute, data(2, either(16))],
  [260, 'PREL64', relative, data(8, unchecked)],
  [261, 'PREL32', relative, data(4, signed(32))],
  [262, 'PREL16', relative, data(2, signed(16))],
  [263, 'MOVW_UABS_G0', absolute, movw(0, unsigned(16))],
  [264, 'MOVW_UABS_G0_NC', absolute, movw(0, unchecked)],
  [265, 'MOVW_UABS_G1', absolute, movw(1, unsigned(32))],
  [266, 'MOVW_UABS_G1_NC', absolute, movw(1, unchecked)],
  [267, 'MOVW_UABS_G2', absolute, movw(2, unsigned(48))],
  [268, 'MOVW_UABS_G2_NC', absolute, movw(2, unchecked)],
  [269, 'MOVW_UABS_G3', absolute, movw(3, unchecked)],
  [270, 'MOVW_SABS_G0', absolute, signedMovw(0, signed(17))],
  [271, 'MOVW_SABS_G1', absolute, signedMovw(1, signed(33))],
  [272, 'MOVW_SABS_G2', absolute, signedMovw(2, signed(49))],
  [273, 'LD_PREL_LO19', relative, words(5, 19)],
  [274, 'ADR_PREL_LO21', relative, adr(0, signed(21))],
  [275, 'ADR_PREL_PG_HI21', pages, adr(12, distance(33, 4096n))],
  [276, 'ADR_PREL_PG_HI21_NC', pages, adr(12, unchecked)],
  [277, 'ADD_ABS_LO12_NC', absolute, low12(0)],
  [278, 'LDST8_ABS_LO12_NC', absolute, low12(0)],
  [279, 'TSTBR14', relative, words(5, 14), nextInstruction],
  [280, 'CONDBR19', relative, words(5, 19), nextInstruction],
  [282, 'JUMP26', relative, words(0, 26), nextInstruction],
  [283, 'CALL26', relative, words(0, 26), nextInstruction],
  [284, 'LDST16_ABS_LO12_NC', absolute, low12(1)],
  [285, 'LDST32_ABS_LO12_NC', absolute, low12(2)],
  [286, 'LDST64_ABS_LO12_NC', absolute, low12(3)],
  [287, 'MOVW_PREL_G0', relative, signedMovw(0, signed(17))],
  [288, 'MOVW_PREL_G0_NC', relative, signedMovw(0, unchecked)],
  [289, 'MOVW_PREL_G1', relative, signedMovw(1, signed(33))],
  [290, 'MOVW_PREL_G1_NC', relative, signedMovw(1, unchecked)],
  [291, 'MOVW_PREL_G2', relative, signedMovw(2, signed(49))],
  [292, 'MOVW_PREL_G2_NC', relative, signedMovw(2, unchecked)],
  [293, 'MOVW_PREL_G3', relative, signedMovw(3, unchecked)],
  [299, 'LDST128_ABS_LO12_NC', absolute, low12(4)],
  [307, 'GOTREL64', fromGot, data(8, unchecked), gotBase],
  [308, 'GOTREL32', fromGot, data(4, signed(32)), gotBase],
  [309, 'GOT_LD_PREL19', slotFromP, words(5, 19), gotSlotPlus],
  [310, 'LD64_GOTOFF_LO15', slotFromGot, loadSlot15, gotSlotPlus],
  [311, 'ADR_GOT_PAGE', slotPages, adr(12, distance(33, 4096n)), gotSlotPlus],
  [312, 'LD64_GOT_LO12_NC', slotAddress, low12(3), gotSlotPlus],
  [313, 'LD64_GOTPAGE_LO15', slotFromPage, loadSlot15, gotSlotPlus],
  // No procedure linkage table in a kernel: the symbol itself.
  [314, 'PLT32', relative, data(4, signed(32))],
  [315, 'GOTPCREL32', slotRelative, data(4, signed(32)), gotSlot],
  [1025, 'GLOB_DAT', absolute, data(8, unchecked), dynamicSymbol],
  [1026, 'JUMP_SLOT', absolute, data(8, unchecked), dynamicSymbol],
  [1027, 'RELATIVE', base, data(8, unchecked), dynamicBase],
  [1032, 'IRELATIVE', base, data(8, unchecked), dynamicResolver],
]);
