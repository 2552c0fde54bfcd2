// Relocation rules as data: what to compute, and how the result is packed into
// the bytes at P.  With rules as tables, the linker is one loop for every
// architecture and no range check can be forgotten.
//
// Letters are the psABI's: S value of the symbol, A addend, P place; T is 1 when
// the symbol is a Thumb function (AAELF32 section 5.6), else 0.

/** Operands of one relocation, as unsigned 64-bit (S, P) or signed (A) values. */
export interface Operands {
  readonly S: bigint;
  readonly A: bigint;
  readonly P: bigint;
  readonly T: bigint;
}

/** How a value is packed into the bytes at P.  Pure. */
export interface Field {
  readonly bytes: 1 | 2 | 4 | 8;
  /** Inclusive limits of the value before packing; undefined: any, truncated. */
  readonly range: { readonly min: bigint; readonly max: bigint } | undefined;
  /** The value must be a multiple of this power of two. */
  readonly align: bigint;
  /** The addend that a REL record leaves in the bytes. */
  readonly extract: (raw: bigint) => bigint;
  /** The bytes with the value packed into them. */
  readonly insert: (raw: bigint, value: bigint) => bigint;
}

export interface RelocationRule {
  /** As the standard spells it: R_AARCH64_CALL26. */
  readonly name: string;
  readonly type: number;
  /** The formula in psABI letters, for messages: "S + A - P". */
  readonly formula: string;
  readonly value: (operands: Operands) => bigint;
  readonly field: Field;
  /**
   * For a branch: what it does when the target runs the other instruction set
   * (ARM and Thumb).  undefined: not a branch, T is just a bit of the value.
   */
  readonly branchFrom?: 'arm' | 'thumb';
}
