// Relocation rules as data: what to compute, and how the result is packed into
// the bytes at P.  With rules as tables, the linker is one loop for every
// architecture and no range check can be forgotten.
//
// Letters are the psABI's: S value of the symbol, A addend, P place; T is 1 when
// the symbol is a Thumb function (AAELF32 section 5.6), else 0.  GOT is the
// address of the global offset table and G the offset of the symbol's slot in it.  B
// is how far a shared object is from the addresses it was linked at; the psABIs of
// ARM write Delta(S).

import type { NarrowField, NarrowRule } from './narrow.ts';

/** Operands of one relocation, as unsigned 64-bit (S, P, GOT) or signed (A) values. */
export interface Operands {
  readonly S: bigint;
  readonly A: bigint;
  readonly P: bigint;
  readonly T: bigint;
  /** 0 unless the rule's `got` says that there is one. */
  readonly GOT: bigint;
  /** 0 unless the rule's `got` asks for a slot. */
  readonly G: bigint;
  /** 0 in a relocatable object. */
  readonly B: bigint;
  /** The byte before the place, where the rule says afterModRM; else 0. */
  readonly M: number;
}

/**
 * What a relocation wants of the global offset table: only to know where it is; a
 * slot that holds S (with T); or, as AArch64 has it, one that holds S + A.
 */
export type GotUse = 'base' | 'slot' | 'slot of S + A';

/**
 * What a dynamic relocation stores: an address in the object itself, that of a symbol,
 * or what the function at that address answers (an indirect function).
 */
export type DynamicUse = 'base' | 'symbol' | 'resolver';

/** How a value is packed into the bytes at P.  Pure. */
export interface Field {
  /** How many bytes change; 0 for a relocation that changes nothing. */
  readonly bytes: 0 | 1 | 2 | 4 | 8;
  /** Inclusive limits of the value before packing; undefined: any, truncated. */
  readonly range: { readonly min: bigint; readonly max: bigint } | undefined;
  /** Where the limits are not enough: whether the bytes can hold this value. */
  readonly holds?: (value: bigint) => boolean;
  /** The value must be a multiple of this power of two. */
  readonly align: bigint;
  /** The addend that a REL record leaves in the bytes. */
  readonly extract: (raw: bigint) => bigint;
  /** The bytes with the value packed into them. */
  readonly insert: (raw: bigint, value: bigint) => bigint;
  /** extract and insert in numbers, where it pays. */
  readonly narrow?: NarrowField | undefined;
}

/** The instruction set at a symbol, where there are two. */
export type InstructionSet = 'arm' | 'thumb';

export interface RelocationRule {
  /** As the standard spells it: R_AARCH64_CALL26. */
  readonly name: string;
  readonly type: number;
  /** The formula in psABI letters, for messages: "S + A - P". */
  readonly formula: string;
  readonly value: (operands: Operands) => bigint;
  /** The same in numbers, for targets that are not Thumb code. */
  readonly narrow?: NarrowRule | undefined;
  /** For a target of unknown instruction set the opcode stays as it is. */
  readonly field: Field;
  /**
   * For a branch on a machine with two instruction sets: the field to use when
   * the target is known to run one of them, which may turn BL into BLX.  An
   * absent one cannot be encoded: it needs an interworking veneer.
   */
  readonly branch?: { readonly [set in InstructionSet]?: Field } | undefined;
  /**
   * The value for a weak symbol that nobody defines, where it is not S = 0: such
   * a branch goes to the next instruction.
   */
  readonly absent?: bigint | undefined;
  readonly got?: GotUse | undefined;
  /** Only in shared objects, where linkers leave it for loaders. */
  readonly dynamic?: DynamicUse | undefined;
  /** The formula looks at M, an x86 instruction's ModRM byte. */
  readonly afterModRM?: true | undefined;
}
