// Veneers: a few instructions near a branch that carry it on to where it cannot
// go by itself, because that is too far away or runs the other instruction set.
// An architecture says in its veneers.ts which branches may be redirected and what
// the instructions are; the linker counts, shares and places them
// (src/linker/veneers.ts).  Beside them stands the stub of an indirect function.

import type { InstructionSet } from './relocation.ts';

export interface Veneers {
  /** What every veneer is given, whichever its kind. */
  readonly bytes: number;
  readonly align: number;
  /** By type of relocation: the veneers for a branch with it. */
  readonly kinds: ReadonlyMap<number, VeneerKind>;
  /**
   * Whether the instruction around the field at `offset` is a branch, where the
   * type of the relocation does not tell; undefined: it does.
   */
  readonly isBranch?: (section: Uint8Array, offset: number) => boolean;
  readonly erratum?: Erratum;
}

export interface VeneerKind {
  /** For link maps. */
  readonly name: string;
  /** The instruction set that the veneer itself is written in. */
  readonly set?: InstructionSet;
  /** The addend of a branch straight to its symbol: how far ahead the PC is. */
  readonly neutral: bigint;
  /** The code at address `at` that goes to `target`, whose bit 0 is T. */
  readonly code: (target: bigint, at: bigint) => readonly number[];
}

/** Instructions that a CPU gets wrong at some addresses, and the way around. */
export interface Erratum {
  readonly name: string;
  /** The relocations of these instructions. */
  readonly types: ReadonlySet<number>;
  /** Addresses are judged within pages of this size. */
  readonly page: number;
  readonly concerns: (P: number) => boolean;
  /** One instruction that does the same; undefined: there is none. */
  readonly rewrite: (instruction: number, P: bigint) => number | undefined;
  /** A branch to `at`, and code there that does the same and comes back. */
  readonly detour: (
    instruction: number,
    P: bigint,
    at: bigint,
  ) => { readonly branch: number; readonly code: readonly number[] };
}

/**
 * What callers of an indirect function (STT_GNU_IFUNC) reach: a jump to where a slot
 * points.  It works at any distance from the slot, and changes no register but those
 * that the psABI gives to procedure linkage tables.
 */
export interface IndirectStub {
  readonly bytes: number;
  readonly align: number;
  /** The instruction set that it is written in; undefined: there is only one. */
  readonly set?: InstructionSet;
  /** The code that goes where the word at `slot` says. */
  readonly code: (slot: bigint) => readonly number[];
}

/** 32-bit instructions as little-endian bytes. */
export function words(...values: readonly (number | bigint)[]): readonly number[] {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, Number(BigInt.asUintN(32, BigInt(value))), true);
  });
  return [...bytes];
}
