// Where a value is: in one piece, or, as compilers have it with structs in registers,
// in several.

import type { ExpressionContext } from './model.ts';

/** Where a part of a value is. */
export type Piece =
  | { readonly kind: 'memory'; readonly address: bigint; readonly bits?: PieceBits }
  /** By DWARF number. */
  | { readonly kind: 'register'; readonly number: number; readonly bits?: PieceBits }
  /** Nowhere, but this is what it is. */
  | { readonly kind: 'value'; readonly bytes: Uint8Array; readonly bits?: PieceBits }
  /** A pointer that was optimised away; the variable it points to may be known. */
  | {
      readonly kind: 'pointer';
      /** In .debug_info. */
      readonly to: number;
      readonly delta: number;
      readonly context: ExpressionContext;
      readonly bits?: PieceBits;
    }
  | { readonly kind: 'gone'; readonly bits?: PieceBits };

/** Of a value in several pieces; a value in one has none. */
export interface PieceBits {
  readonly size: number;
  /** From the least significant bit of the place. */
  readonly offset: number;
}

export type Evaluated =
  | { readonly ok: true; readonly pieces: readonly Piece[] }
  /** A sentence's end: "register 3 was not saved". */
  | { readonly ok: false; readonly why: string };

export function unsignedOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

export function bytesOf(value: bigint, size: number): Uint8Array {
  let rest = BigInt.asUintN(size * 8, value);
  return Uint8Array.from({ length: size }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}
