// Arguments of calls into the guest: from JavaScript values to the words that the
// C calling convention wants, with guest memory for what is passed by pointer.

import type { CallingConvention } from '../arch/arch.ts';

/** A 64-bit integer argument where a word is narrower. */
export interface Wide {
  readonly kind: 'u64';
  readonly value: bigint;
}

/** Passes `value` as uint64_t on every architecture. */
export function u64(value: bigint | number): Wide {
  return { kind: 'u64', value: BigInt(value) };
}

/**
 * Integers take a word.  A string is copied into the guest with a NUL behind it
 * and passed by pointer; so are bytes, and what the function wrote into them is
 * copied back.
 */
export type Argument = number | bigint | boolean | string | Uint8Array | Wide;

/** One buffer to put into guest memory before the call. */
export interface Buffer {
  readonly word: number;
  readonly bytes: Uint8Array;
  /** Where the function's changes go. */
  readonly target: Uint8Array | undefined;
}

export interface Words {
  /** One per argument word; those of buffers are to be filled with pointers. */
  readonly words: readonly bigint[];
  readonly buffers: readonly Buffer[];
}

/** Lays the arguments out as words. */
export function layOut(
  args: readonly Argument[],
  wordBytes: 4 | 8,
  convention: CallingConvention,
): Words {
  const words: bigint[] = [];
  const buffers: Buffer[] = [];
  const mask = (value: bigint): bigint => BigInt.asUintN(wordBytes * 8, value);
  for (const argument of args) {
    if (typeof argument === 'string') {
      const text = new TextEncoder().encode(`${argument}\0`);
      buffers.push({ word: words.length, bytes: text, target: undefined });
      words.push(0n);
    } else if (argument instanceof Uint8Array) {
      buffers.push({ word: words.length, bytes: argument, target: argument });
      words.push(0n);
    } else if (typeof argument === 'object' && wordBytes === 4) {
      if (convention.alignsPairs && words.length % 2 === 1) words.push(0n);
      words.push(mask(argument.value), mask(argument.value >> 32n));
    } else {
      words.push(mask(BigInt(typeof argument === 'object' ? argument.value : argument)));
    }
  }
  return { words, buffers };
}
