// Relocation rules in numbers.  The bigint form of a rule is its definition; the
// narrow one is the same for operands that a number holds exactly, which kernel
// addresses do when read as signed, and costs a fraction.  It may decline, by NaN
// or a value out of its limits; what to do or say then is decided in bigints.
// src/arch/narrow.test.ts holds both forms against each other.

import type { Field } from './relocation.ts';
import type { Formula } from './rules.ts';

/** S and P are signed; T is 0 and no GOT is asked for. */
export type NarrowFormula = (S: number, A: number, P: number) => number;

/** A field of 32 bits, as an unsigned number; NaN declines. */
export interface NarrowField {
  readonly extract: (raw: number) => number;
  /** Only the low 32 bits of the result count. */
  readonly insert: (raw: number, value: number) => number;
}

export interface NarrowRule extends NarrowField {
  readonly value: NarrowFormula;
  /** 8: a plain data word without an addend in it. */
  readonly bytes: 4 | 8;
  readonly min: number;
  readonly max: number;
  /** The bits of the value that must be zero. */
  readonly mask: number;
}

export const decline = (): number => Number.NaN;

/** The rule's narrow form, if formula and field have one. */
export function narrowRule(formula: Formula, field: Field): NarrowRule | undefined {
  if (formula.narrow === undefined || field.narrow === undefined) return undefined;
  if (field.bytes !== 4 && field.bytes !== 8) return undefined;
  return {
    value: formula.narrow,
    extract: field.narrow.extract,
    insert: field.narrow.insert,
    bytes: field.bytes,
    min: Number(field.range?.min ?? Number.MIN_SAFE_INTEGER),
    max: Number(field.range?.max ?? Number.MAX_SAFE_INTEGER),
    mask: Number(field.align - 1n),
  };
}
