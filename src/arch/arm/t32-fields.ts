// Relocation fields in Thumb (T32) instructions.  A 32-bit instruction is two
// halfwords, the first at the lower address: read as a little-endian word, the
// first one is the low half.
// https://github.com/ARM-software/abi-aa/blob/main/aaelf32/aaelf32.rst, section
// "Static Thumb32 relocations"

import { type Bits, bitField, distance, getBits, setBits, unchecked } from '../field.ts';
import type { Field } from '../relocation.ts';

/** Bits of the second halfword. */
function second(lsb: number, width: number): Bits {
  return { lsb: lsb + 16, width };
}

const S: Bits = { lsb: 10, width: 1 };
const imm10: Bits = { lsb: 0, width: 10 };
const imm6: Bits = { lsb: 0, width: 6 };
const J1 = second(13, 1);
const J2 = second(11, 1);
const imm11 = second(0, 11);
/** Set in BL, clear in BLX. */
const L = second(12, 1);

/** B.W, BL, BLX: S:I1:I2:imm10:imm11:0 with I = NOT (J EOR S). */
export const jump24: Field = {
  bytes: 4,
  range: distance(25, 2n),
  align: 2n,
  extract: (raw) => {
    const sign = getBits(raw, S);
    const i1 = getBits(raw, J1) ^ sign ^ 1n;
    const i2 = getBits(raw, J2) ^ sign ^ 1n;
    const high = (sign << 24n) | (i1 << 23n) | (i2 << 22n);
    const low = (getBits(raw, imm10) << 12n) | (getBits(raw, imm11) << 1n);
    return BigInt.asIntN(25, high | low);
  },
  insert: (raw, value) => {
    const sign = (value >> 24n) & 1n;
    const j1 = ((value >> 23n) & 1n) ^ sign ^ 1n;
    const j2 = ((value >> 22n) & 1n) ^ sign ^ 1n;
    const signs = setBits(setBits(setBits(raw, S, sign), J1, j1), J2, j2);
    return setBits(setBits(signs, imm10, value >> 12n), imm11, value >> 1n);
  },
};

/** BL: to Thumb code; BLX becomes BL. */
export const bl: Field = {
  ...jump24,
  insert: (raw, value) => jump24.insert(setBits(raw, L, 1n), value),
};

/**
 * BLX: to ARM code; BL becomes BLX.  It counts from the PC rounded down to a
 * word, so from a place that is not a word's the distance is rounded up.
 */
export const blx: Field = {
  ...jump24,
  range: distance(25, 2n),
  insert: (raw, value) => jump24.insert(setBits(raw, L, 0n), (value + 3n) & ~3n),
};

/** BL or BLX as the compiler wrote it. */
export const call: Field = {
  ...jump24,
  insert: (raw, value) => (getBits(raw, L) === 1n ? bl : blx).insert(raw, value),
};

/** B<cond>.W: S:J2:J1:imm6:imm11:0. */
export const jump19: Field = {
  bytes: 4,
  range: distance(21, 2n),
  align: 2n,
  extract: (raw) => {
    const high = (getBits(raw, S) << 20n) | (getBits(raw, J2) << 19n) | (getBits(raw, J1) << 18n);
    return BigInt.asIntN(21, high | (getBits(raw, imm6) << 12n) | (getBits(raw, imm11) << 1n));
  },
  insert: (raw, value) => {
    const signs = setBits(
      setBits(setBits(raw, S, value >> 20n), J2, value >> 19n),
      J1,
      value >> 18n,
    );
    return setBits(setBits(signs, imm6, value >> 12n), imm11, value >> 1n);
  },
};

/** B: 11 bits in a 16-bit instruction. */
export const jump11: Field = bitField({
  bytes: 2,
  lsb: 0,
  width: 11,
  shift: 1,
  align: 2n,
  range: distance(12, 2n),
});

/** B<cond>: 8 bits in a 16-bit instruction. */
export const jump8: Field = bitField({
  bytes: 2,
  lsb: 0,
  width: 8,
  shift: 1,
  align: 2n,
  range: distance(9, 2n),
});

const imm4: Bits = { lsb: 0, width: 4 };
const imm3 = second(12, 3);
const imm8 = second(0, 8);

function moveField(shift: bigint): Field {
  return {
    bytes: 4,
    range: unchecked,
    align: 1n,
    extract: (raw) => {
      const high = (getBits(raw, imm4) << 12n) | (getBits(raw, S) << 11n);
      return BigInt.asIntN(16, high | (getBits(raw, imm3) << 8n) | getBits(raw, imm8));
    },
    insert: (raw, value) => {
      const half = value >> shift;
      const high = setBits(setBits(raw, imm4, half >> 12n), S, half >> 11n);
      return setBits(setBits(high, imm3, half >> 8n), imm8, half);
    },
  };
}

export const movw: Field = moveField(0n);
export const movt: Field = moveField(16n);
