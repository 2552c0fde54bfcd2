// Relocation fields in ARM (A32) instructions.
// https://github.com/ARM-software/abi-aa/blob/main/aaelf32/aaelf32.rst, section
// "Static Arm relocations"

import {
  bitField,
  data,
  distance,
  getBits,
  type Range,
  setBits,
  signed,
  unchecked,
} from '../field.ts';
import type { NarrowField } from '../narrow.ts';
import type { Field } from '../relocation.ts';

const imm24 = { lsb: 0, width: 24 };

/** B, BL: a distance in words, the opcode stays. */
export const branch: Field = bitField({
  ...imm24,
  bytes: 4,
  shift: 2,
  align: 4n,
  range: distance(26, 4n),
});

// BLX's condition is NV; bit 24, H, is bit 1 of the distance.
const opcode = { lsb: 25, width: 7 };
const halfword = { lsb: 24, width: 1 };
const isBlx = (raw: bigint): boolean => getBits(raw, opcode) === 0b111_1101n;

/** BL to ARM code; a BLX declines. */
const narrowCall: NarrowField = {
  extract: (raw) => (raw >>> 25 === 0b111_1101 ? Number.NaN : (raw << 8) >> 6),
  insert: (raw, value) =>
    raw >>> 25 === 0b111_1101 ? Number.NaN : (raw & ~0xff_ffff) | ((value >> 2) & 0xff_ffff),
  whole: false,
};

function extractCall(raw: bigint): bigint {
  return branch.extract(raw) | (isBlx(raw) ? getBits(raw, halfword) << 1n : 0n);
}

/** BLX: to Thumb code, so in halfwords; BL becomes BLX. */
export const blx: Field = {
  ...branch,
  align: 2n,
  range: distance(26, 2n),
  extract: extractCall,
  insert: (raw, value) => {
    const high = setBits(setBits(raw, opcode, 0b111_1101n), halfword, value >> 1n);
    return branch.insert(high, value);
  },
  narrow: undefined,
};

/** BL: to ARM code; BLX becomes BL (always). */
export const bl: Field = {
  ...branch,
  extract: extractCall,
  insert: (raw, value) => branch.insert(isBlx(raw) ? 0xeb00_0000n : raw, value),
  narrow: narrowCall,
};

/** BL or BLX as the compiler wrote it. */
export const call: Field = {
  ...branch,
  extract: extractCall,
  insert: (raw, value) => (isBlx(raw) ? blx : bl).insert(raw, value),
  narrow: narrowCall,
};

/** The low 31 bits of an unwind table's word. */
export const prel31: Field = {
  bytes: 4,
  range: signed(31),
  align: 1n,
  extract: (raw) => BigInt.asIntN(31, raw),
  insert: (raw, value) => setBits(raw, { lsb: 0, width: 31 }, value),
  narrow: {
    extract: (raw) => (raw << 1) >> 1,
    insert: (raw, value) => (raw & 0x8000_0000) | (value & 0x7fff_ffff),
    whole: false,
  },
};

const imm4 = { lsb: 16, width: 4 };
const imm12 = { lsb: 0, width: 12 };

function moveField(shift: bigint): Field {
  return {
    bytes: 4,
    range: unchecked,
    align: 1n,
    // MOVT's addend is not shifted: it takes the high half of S + A.
    extract: (raw) => BigInt.asIntN(16, (getBits(raw, imm4) << 12n) | getBits(raw, imm12)),
    insert: (raw, value) =>
      setBits(setBits(raw, imm12, value >> shift), imm4, value >> (shift + 12n)),
    narrow: {
      extract: (raw) => ((((raw >> 4) & 0xf000) | (raw & 0xfff)) << 16) >> 16,
      insert: (raw, value) => {
        const half = value >> Number(shift);
        return (raw & ~0xf_0fff) | ((half & 0xf000) << 4) | (half & 0xfff);
      },
      whole: false,
    },
  };
}

export const movw: Field = moveField(0n);
export const movt: Field = moveField(16n);

/** What is left of `value` for its group `group`, and that group's first bit. */
function remainder(value: bigint, group: number): { readonly rest: number; readonly lz: number } {
  let rest = Number(BigInt.asUintN(32, value < 0n ? -value : value));
  for (let left = group; ; left--) {
    // Rotations are even, so groups start at even bits.
    const lz = Math.clz32(rest) & ~1;
    if (lz === 32 || left === 0) return { rest, lz };
    rest &= 0xff_ffff >>> lz;
  }
}

const aluOperation = { lsb: 22, width: 2 };
const ADD = 0b10n;
const SUB = 0b01n;

/** ADD or SUB of the eight highest bits that earlier groups have left over. */
export function aluGroup(group: 0 | 1): Field {
  return {
    bytes: 4,
    range: unchecked,
    align: 1n,
    extract: (raw) => {
      const rotation = 2 * Number(getBits(raw, { lsb: 8, width: 4 }));
      const byte = Number(raw & 0xffn);
      const magnitude = BigInt(rotate(byte, rotation));
      return getBits(raw, aluOperation) === SUB ? -magnitude : magnitude;
    },
    insert: (raw, value) => {
      const { rest, lz } = remainder(value, group);
      const shift = Math.max(0, 24 - lz);
      const rotation = shift === 0 ? 0 : (32 - shift) / 2;
      const immediate = (rotation << 8) | ((rest >>> shift) & 0xff);
      const operation = setBits(raw, aluOperation, value < 0n ? SUB : ADD);
      return setBits(operation, imm12, BigInt(immediate));
    },
  };
}

function rotate(value: number, right: number): number {
  return ((value >>> right) | (value << ((32 - right) & 31))) >>> 0;
}

const up = { lsb: 23, width: 1 };
const word: Range = { min: -0xffff_ffffn, max: 0xffff_ffffn };

/** LDR of what two ALU groups have left, which must fit in 12 bits. */
export const ldrGroup2: Field = {
  ...data(4, word),
  narrow: undefined,
  holds: (value) => remainder(value, 2).rest <= 0xfff,
  extract: (raw) => (getBits(raw, up) === 1n ? raw & 0xfffn : -(raw & 0xfffn)),
  insert: (raw, value) =>
    setBits(setBits(raw, up, value < 0n ? 0n : 1n), imm12, BigInt(remainder(value, 2).rest)),
};
