// Values: something of a type, with the bytes it has and the place it can be changed
// at.  Bytes are read when they are asked for, and only of the part that is.

import { evaluate } from './evaluate.ts';
import type { Frame, Location, Member, Type, Variable } from './model.ts';
import { floatOf } from './operations.ts';
import { bytesOf, type Evaluated, type Piece, unsignedOf } from './pieces.ts';
import { sizeOf, stripped } from './type-facts.ts';

export type ReadMemory = Frame['memory'];

/** Where a value can be written. */
export type Place =
  | {
      readonly kind: 'memory';
      readonly address: bigint;
      /** Of a bit field, from the least significant bit of the first byte. */
      readonly bits?: Member['bits'];
    }
  /** The low bytes of a register, by DWARF number. */
  | { readonly kind: 'register'; readonly number: number }
  /** The same by name, as expressions have them. */
  | { readonly kind: 'named register'; readonly name: string };

export type Content =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      /** Bytes that nobody knows: those from, up to not including, these. */
      readonly gone: readonly (readonly [from: number, to: number])[];
    }
  /** As gdb says it: "optimized out". */
  | { readonly ok: false; readonly why: string };

export interface Value {
  readonly type: Type;
  /** undefined: it is a result, or scattered, and cannot be assigned to. */
  readonly place: Place | undefined;
  readonly content: () => Content;
  /** Where pointers in it point to. */
  readonly memory: ReadMemory;
}

/** Larger ones are read in parts. */
const READ_LIMIT = 1 << 20;
/** Pointers to variables that are pointers to variables, all optimised away. */
const POINTER_LIMIT = 4;

const optimizedOut: Content = { ok: false, why: 'optimized out' };

export function known(bytes: Uint8Array): Content {
  return { ok: true, bytes, gone: [] };
}

export function memoryValue(
  type: Type,
  address: bigint,
  memory: ReadMemory,
  bits?: Member['bits'],
): Value {
  const content = (): Content => {
    const size = bits ? Math.ceil((bits.offset + bits.size) / 8) : (sizeOf(type) ?? 0);
    if (size > READ_LIMIT) return { ok: false, why: `${size} bytes are too many to read` };
    const bytes = size === 0 ? new Uint8Array(0) : memory(address, size);
    if (bytes === undefined)
      return { ok: false, why: `Cannot access memory at address 0x${address.toString(16)}` };
    return known(bits === undefined ? bytes : fieldBytes(bytes, bits, sizeOf(type) ?? size, type));
  };
  return { type, place: { kind: 'memory', address, ...(bits && { bits }) }, content, memory };
}

/** A bit field as a whole value of its type. */
function fieldBytes(
  bytes: Uint8Array,
  { offset, size }: NonNullable<Member['bits']>,
  typeBytes: number,
  type: Type,
): Uint8Array {
  const raw = BigInt.asUintN(size, unsignedOf(bytes) >> BigInt(offset));
  return bytesOf(isSigned(type) ? BigInt.asIntN(size, raw) : raw, typeBytes);
}

/** A result, which is nowhere. */
export function resultValue(type: Type, bytes: Uint8Array, memory: ReadMemory): Value {
  return { type, place: undefined, content: () => known(bytes), memory };
}

/** What a variable is in a frame. */
export function readVariable({ location, type }: Variable, frame: Frame): Value {
  return atLocation(location, type, frame, 0);
}

function atLocation(location: Location, type: Type, frame: Frame, depth: number): Value {
  const { memory } = frame;
  const nowhere = (content: Content): Value => ({
    ...{ type, place: undefined, content: () => content, memory },
  });
  switch (location.kind) {
    case 'none':
      return nowhere(optimizedOut);
    case 'constant': {
      const { value } = location;
      const size = sizeOf(type) ?? 0;
      return nowhere(known(typeof value === 'bigint' ? bytesOf(value, size) : sized(value, size)));
    }
    case 'expression':
      return inPieces(evaluate(location.expression, frame), type, frame, depth);
    case 'list': {
      const expression = location.at(frame.pc);
      if (expression === undefined) return nowhere(optimizedOut);
      return inPieces(evaluate(expression, frame), type, frame, depth);
    }
  }
}

function inPieces(done: Evaluated, type: Type, frame: Frame, depth: number): Value {
  const { memory } = frame;
  if (!done.ok) {
    const why = done.why === 'optimized out' ? done.why : `unavailable: ${done.why}`;
    return { type, place: undefined, content: () => ({ ok: false, why }), memory };
  }
  const [only] = done.pieces;
  if (done.pieces.length === 1 && only !== undefined && only.bits === undefined) {
    if (only.kind === 'memory') return memoryValue(type, only.address, memory);
    const place: Place | undefined =
      only.kind === 'register' ? { kind: 'register', number: only.number } : undefined;
    return { type, place, content: () => wholePiece(only, type, frame, depth), memory };
  }
  return { type, place: undefined, content: () => joined(done.pieces, type, frame), memory };
}

function wholePiece(piece: Piece, type: Type, frame: Frame, depth: number): Content {
  const size = sizeOf(type) ?? 0;
  switch (piece.kind) {
    case 'gone':
      return optimizedOut;
    case 'value':
      return known(sized(piece.bytes, size));
    case 'register': {
      const value = frame.register(piece.number);
      return value === undefined ? { ok: false, why: 'not saved' } : known(bytesOf(value, size));
    }
    case 'memory':
      return memoryValue(type, piece.address, frame.memory).content();
    case 'pointer': {
      // The pointer is gone, but where its target is may be known.
      const location = piece.context.location(piece.to);
      const target =
        location && depth < POINTER_LIMIT
          ? atLocation(location, type, frame, depth + 1).place
          : undefined;
      if (target?.kind !== 'memory') return { ok: false, why: 'synthetic pointer' };
      return known(bytesOf(target.address + BigInt(piece.delta), size));
    }
  }
}

/** Puts a value together from pieces, in bits. */
function joined(pieces: readonly Piece[], type: Type, frame: Frame): Content {
  const size = sizeOf(type) ?? 0;
  const gone: [number, number][] = [];
  let whole = 0n;
  let at = 0;
  for (const piece of pieces) {
    const bits = piece.bits ?? { size: size * 8 - at, offset: 0 };
    if (bits.size < 0 || at + bits.size > READ_LIMIT) return { ok: false, why: 'damaged location' };
    const found = pieceBits(piece, bits.offset + bits.size, frame);
    if (found === undefined) gone.push([Math.floor(at / 8), Math.ceil((at + bits.size) / 8)]);
    else whole |= BigInt.asUintN(bits.size, found >> BigInt(bits.offset)) << BigInt(at);
    at += bits.size;
  }
  if (gone.length === pieces.length) return optimizedOut;
  if (at < size * 8) gone.push([Math.floor(at / 8), size]);
  return { ok: true, bytes: bytesOf(whole, size), gone };
}

function pieceBits(piece: Piece, bits: number, frame: Frame): bigint | undefined {
  switch (piece.kind) {
    case 'register':
      return frame.register(piece.number);
    case 'value':
      return unsignedOf(piece.bytes);
    case 'memory': {
      const bytes = frame.memory(piece.address, Math.ceil(bits / 8));
      return bytes && unsignedOf(bytes);
    }
    case 'pointer':
    case 'gone':
      return undefined;
  }
}

/** The low bytes: cut, or filled up with zeros. */
function sized(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length === size) return bytes;
  const whole = new Uint8Array(size);
  whole.set(bytes.subarray(0, size));
  return whole;
}

/** A member of a struct or union. */
export function memberOf(value: Value, { type, offset, bits }: Member): Value {
  const { place, memory } = value;
  if (place?.kind === 'memory' && place.bits === undefined)
    return memoryValue(type, place.address + BigInt(offset), memory, bits);
  const content = (): Content => {
    const size = bits ? Math.ceil((bits.offset + bits.size) / 8) : (sizeOf(type) ?? 0);
    const part = partOf(value.content(), offset, size);
    if (!part.ok || bits === undefined) return part;
    return known(fieldBytes(part.bytes, bits, sizeOf(type) ?? size, type));
  };
  return { type, place: undefined, content, memory };
}

/** Element `index` of an array, which may lie outside of it as C allows. */
export function elementOf(value: Value, element: Type, index: bigint): Value {
  const { place, memory } = value;
  const size = sizeOf(element) ?? 1;
  if (place?.kind === 'memory')
    return memoryValue(element, place.address + index * BigInt(size), memory);
  const content = (): Content => partOf(value.content(), Number(index) * size, size);
  return { type: element, place: undefined, content, memory };
}

function partOf(content: Content, offset: number, size: number): Content {
  if (!content.ok) return content;
  const end = offset + size;
  if (offset < 0 || end > content.bytes.length) return { ok: false, why: 'outside of the value' };
  const inside = content.gone.filter(([from, to]) => from < end && to > offset);
  if (inside.some(([from, to]) => from <= offset && to >= end)) return optimizedOut;
  return {
    ok: true,
    bytes: content.bytes.subarray(offset, end),
    gone: inside.map(([from, to]) => [Math.max(from, offset) - offset, Math.min(to, end) - offset]),
  };
}

export function isSigned(type: Type): boolean {
  const inner = stripped(type);
  if (inner.kind === 'enum') return inner.signed;
  return inner.kind === 'base' && /^(signed|signed char)$/.test(inner.encoding);
}

/** The bits of a number, pointer, enum or bool as a number; undefined: not one, or not known. */
export function integerOf(value: Value): bigint | undefined {
  const inner = stripped(value.type);
  if (inner.kind !== 'base' && inner.kind !== 'pointer' && inner.kind !== 'enum') return undefined;
  const content = value.content();
  if (!content.ok || content.gone.length > 0) return undefined;
  const raw = unsignedOf(content.bytes);
  return isSigned(inner) ? BigInt.asIntN(content.bytes.length * 8, raw) : raw;
}

/** A float or double; undefined: not one that numbers of JavaScript hold, or not known. */
export function floatingOf(value: Value): number | undefined {
  const inner = stripped(value.type);
  if (inner.kind !== 'base' || inner.encoding !== 'float') return undefined;
  const content = value.content();
  if (!content.ok || content.gone.length > 0) return undefined;
  if (inner.bytes !== 4 && inner.bytes !== 8) return undefined;
  return floatOf(unsignedOf(content.bytes), inner.bytes);
}
