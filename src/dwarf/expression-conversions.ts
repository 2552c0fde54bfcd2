// Casts, and what an assignment writes.

import { wrapped } from './arithmetic.ts';
import type { Write } from './expression.ts';
import type { Type } from './model.ts';
import { bitsOfFloat } from './operations.ts';
import { bytesOf, unsignedOf } from './pieces.ts';
import { sizeOf, stripped } from './type-facts.ts';
import { floatingOf, integerOf, resultValue, type Value } from './value.ts';

/** The value as another type; undefined: C has no such conversion, or it is not known. */
export function castTo(value: Value, type: Type): Value | undefined {
  const { memory } = value;
  const to = stripped(type);
  if (to.kind === 'void') return resultValue(type, new Uint8Array(0), memory);
  if (to.kind !== 'base' && to.kind !== 'pointer' && to.kind !== 'enum') {
    return sizeOf(to) !== undefined && stripped(value.type) === to ? { ...value, type } : undefined;
  }
  const floating = floatingOf(value);
  const integer = floating === undefined ? integerOf(value) : truncated(floating);
  if (integer === undefined) return undefined;
  if (to.kind === 'base' && to.encoding === 'float') {
    const bits = bitsOfFloat(floating ?? Number(integer), to.bytes);
    return resultValue(type, bytesOf(bits, to.bytes), memory);
  }
  if (to.kind === 'base' && to.encoding === 'boolean') {
    const truth = floating === undefined ? integer !== 0n : floating !== 0;
    return resultValue(type, bytesOf(truth ? 1n : 0n, to.bytes), memory);
  }
  return resultValue(type, bytesOf(wrapped(integer, to), to.bytes), memory);
}

function truncated(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** What puts `value`, which has the type of `left` by now, into its place. */
export function writesFor(
  left: Value,
  value: Value,
): { readonly ok: true; readonly write: Write } | { readonly ok: false; readonly why: string } {
  const { place } = left;
  const content = value.content();
  if (!content.ok) return { ok: false, why: content.why };
  const { bytes } = content;
  switch (place?.kind) {
    case 'memory': {
      const { address, bits } = place;
      if (bits === undefined) return { ok: true, write: { kind: 'memory', address, bytes } };
      const size = Math.ceil((bits.offset + bits.size) / 8);
      const before = left.memory(address, size);
      if (before === undefined) return { ok: false, why: 'its memory cannot be read' };
      const mask = ((1n << BigInt(bits.size)) - 1n) << BigInt(bits.offset);
      const after =
        (unsignedOf(before) & ~mask) | ((unsignedOf(bytes) << BigInt(bits.offset)) & mask);
      return { ok: true, write: { kind: 'memory', address, bytes: bytesOf(after, size) } };
    }
    case 'register':
      return {
        ok: true,
        write: { kind: 'register', register: place.number, value: unsignedOf(bytes) },
      };
    case 'named register':
      return {
        ok: true,
        write: { kind: 'register', register: place.name, value: unsignedOf(bytes) },
      };
    case undefined: {
      const now = left.content();
      return { ok: false, why: now.ok ? 'it is a result, or in several places' : now.why };
    }
  }
}
