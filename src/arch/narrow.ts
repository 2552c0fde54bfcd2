// Relocation rules in numbers.  The bigint form of a rule is its definition; the
// narrow one is the same for operands that a number holds exactly, which kernel
// addresses do when read as signed, and costs a fraction.  It may decline, by NaN
// or a value out of its limits; what to do or say then is decided in bigints.
// src/arch/narrow.test.ts holds both forms against each other.

import type { Field } from './relocation.ts';
import type { Formula } from './rules.ts';

/**
 * A formula as data, for the loop calls nothing it can do itself: S + A, less P when
 * it is relative, of whole pages of 4 KiB, modulo 2^32.  S and P are signed, T is 0.
 */
export interface NarrowFormula {
  readonly relative: boolean;
  readonly pages: boolean;
  readonly wraps: boolean;
}

/** A field of 32 bits, as an unsigned number; NaN declines. */
export interface NarrowField {
  readonly extract: (raw: number) => number;
  /** Only the low 32 bits of the result count. */
  readonly insert: (raw: number, value: number) => number;
  /** insert() replaces all bits: the value is the field. */
  readonly whole: boolean;
}

export interface NarrowRule extends NarrowFormula, NarrowField {
  /** 8: a plain data word without an addend in it. */
  readonly bytes: 4 | 8;
  readonly min: number;
  readonly max: number;
  /** The bits of the value that must be zero. */
  readonly mask: number;
}

const PAGE = 4096;
const page = (address: number): number => Math.floor(address / PAGE) * PAGE;

export function narrowValue(rule: NarrowFormula, S: number, A: number, P: number): number {
  const target = rule.pages ? page(S + A) : S + A;
  const from = rule.pages ? page(P) : P;
  const value = rule.relative ? target - from : target;
  return rule.wraps ? value | 0 : value;
}

const exact = { relative: false, pages: false, wraps: false };
/** S + A */
export const narrowAbsolute: NarrowFormula = exact;
/** S + A - P */
export const narrowRelative: NarrowFormula = { ...exact, relative: true };
/** Page(S + A) - Page(P) */
export const narrowPages: NarrowFormula = { ...exact, relative: true, pages: true };
/** S + A modulo 2^32 */
export const narrowAbsolute32: NarrowFormula = { ...exact, wraps: true };
/** S + A - P modulo 2^32 */
export const narrowRelative32: NarrowFormula = { ...exact, relative: true, wraps: true };

export const decline = (): number => Number.NaN;

/** The rule's narrow form, if formula and field have one. */
export function narrowRule(formula: Formula, field: Field): NarrowRule | undefined {
  if (formula.narrow === undefined || field.narrow === undefined) return undefined;
  if (field.bytes !== 4 && field.bytes !== 8) return undefined;
  return {
    relative: formula.narrow.relative,
    pages: formula.narrow.pages,
    wraps: formula.narrow.wraps,
    extract: field.narrow.extract,
    insert: field.narrow.insert,
    whole: field.narrow.whole,
    bytes: field.bytes,
    min: Number(field.range?.min ?? Number.MIN_SAFE_INTEGER),
    max: Number(field.range?.max ?? Number.MAX_SAFE_INTEGER),
    mask: Number(field.align - 1n),
  };
}
