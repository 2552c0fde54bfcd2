// Constructors for relocation fields: data words, and bits of an instruction.
// The limits are those the psABIs state: signed n-1 bits, unsigned n bits, or
// "either", the union of both, which data words of n bits usually accept.

import { decline, type NarrowField } from './narrow.ts';
import type { Field } from './relocation.ts';

export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** -2^(bits-1) .. 2^(bits-1) - 1 */
export function signed(bits: number): Range {
  const half = 1n << BigInt(bits - 1);
  return { min: -half, max: half - 1n };
}

/** 0 .. 2^bits - 1 */
export function unsigned(bits: number): Range {
  return { min: 0n, max: (1n << BigInt(bits)) - 1n };
}

/** -2^(bits-1) .. 2^bits - 1: what fits whichever way it is read. */
export function either(bits: number): Range {
  return { min: signed(bits).min, max: unsigned(bits).max };
}

/** A signed distance in units of `align` bytes: its largest value is aligned. */
export function distance(bits: number, align: bigint): Range {
  const { min, max } = signed(bits);
  return { min, max: max - (align - 1n) };
}

/** Any value; what does not fit is cut off (the _NC relocations). */
export const unchecked = undefined;

/** A whole data word. */
export function data(bytes: 1 | 2 | 4 | 8, range: Range | undefined): Field {
  const bits = bytes * 8;
  return {
    bytes,
    range,
    align: 1n,
    extract: (raw) => BigInt.asIntN(bits, raw),
    insert: (_raw, value) => BigInt.asUintN(bits, value),
    narrow: bytes === 8 ? wholeWord64 : wholeWord,
  };
}

const wholeWord: NarrowField = {
  extract: (raw) => raw | 0,
  insert: (_raw, value) => value,
  whole: true,
};
const wholeWord64: NarrowField = { extract: decline, insert: decline, whole: true };

/** Nothing: the bytes stay as they are. */
export const nothing: Field = {
  bytes: 0,
  range: unchecked,
  align: 1n,
  extract: () => 0n,
  insert: (raw) => raw,
};

/** `width` bits of an instruction word, from bit `lsb`. */
export interface Bits {
  readonly lsb: number;
  readonly width: number;
}

export function getBits(raw: bigint, { lsb, width }: Bits): bigint {
  return BigInt.asUintN(width, raw >> BigInt(lsb));
}

export function setBits(raw: bigint, { lsb, width }: Bits, value: bigint): bigint {
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(lsb);
  return (raw & ~mask) | ((value << BigInt(lsb)) & mask);
}

/** A value shifted right by `shift` and stored in one bit-field of an instruction. */
export function bitField(
  options: Bits & {
    readonly bytes: 2 | 4;
    readonly shift: number;
    readonly range: Range | undefined;
    readonly align: bigint;
  },
): Field {
  const { bytes, range, align, width } = options;
  const shift = BigInt(options.shift);
  return {
    bytes,
    range,
    align,
    extract: (raw) => BigInt.asIntN(width, getBits(raw, options)) << shift,
    insert: (raw, value) => setBits(raw, options, value >> shift),
    narrow: range && bytes === 4 ? narrowBits(options) : undefined,
  };
}

/** The range keeps values within 32 bits. */
function narrowBits({ lsb, width, shift }: Bits & { readonly shift: number }): NarrowField {
  const mask = (2 ** width - 1) << lsb;
  return {
    extract: (raw) => ((raw << (32 - lsb - width)) >> (32 - width)) << shift,
    insert: (raw, value) => (raw & ~mask) | (((value >> shift) << lsb) & mask),
    whole: false,
  };
}
