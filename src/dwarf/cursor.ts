// Reads a section from one place on, and never past the end it was given.  Numbers
// are JavaScript's wherever they are offsets and counts; a constant of the program
// being debugged may need all 64 bits and is a bigint.  Code addresses are numbers
// too, sign-extended from 64 bits: every address of our machines is exact so, and
// lookups need no bigints.  Hot: a module may have millions of attributes.

import { type Addr, addr } from '../base/address.ts';
import { viewOf } from '../base/bytes.ts';
import { BadDwarf } from './problems.ts';

/** A code or data address as a signed number, see narrow() and wide(). */
export type Narrow = number;

const TWO_32 = 0x1_0000_0000;

export function narrow(address: bigint): Narrow {
  return Number(BigInt.asIntN(64, address));
}

export function wide(address: Narrow): Addr {
  return addr(Number.isSafeInteger(address) ? address : 0);
}

const decoder = new TextDecoder();

export class Cursor {
  readonly section: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  end: number;

  constructor(section: string, bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.section = section;
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.at = at;
    this.end = Math.min(end, bytes.length);
    if (at < 0 || at > this.end) this.#short(0, 'an offset');
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  #short(bytes: number, what: string): never {
    const { section, at: offset, end } = this;
    const size = bytes > 0 ? `${what} of ${bytes} bytes` : what;
    throw new BadDwarf({ kind: 'truncated', section, offset, what: size, end });
  }

  #take(bytes: number): number {
    const { at } = this;
    if (at + bytes > this.end) this.#short(bytes, 'a value');
    this.at = at + bytes;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.#take(1));
  }

  s8(): number {
    return this.view.getInt8(this.#take(1));
  }

  u16(): number {
    return this.view.getUint16(this.#take(2), true);
  }

  u24(): number {
    return this.u16() | (this.u8() << 16);
  }

  u32(): number {
    return this.view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.#take(8), true);
  }

  /** 1 to 8 bytes. */
  unsigned(bytes: number): bigint {
    let value = 0n;
    const at = this.#take(bytes);
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.view.getUint8(at + i));
    return value;
  }

  /** An offset of the format: 4 bytes, or 8 in 64-bit DWARF. */
  offset(bytes: 4 | 8): number {
    if (bytes === 4) return this.u32();
    const at = this.#take(8);
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * TWO_32;
  }

  address(bytes: 4 | 8): Narrow {
    if (bytes === 4) return this.u32();
    const at = this.#take(8);
    return this.view.getUint32(at, true) + this.view.getInt32(at + 4, true) * TWO_32;
  }

  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      if (scale < 2 ** 63) value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  sleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      if (scale < 2 ** 63) value += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      return (byte & 0x40) !== 0 && scale < 2 ** 63 ? value - scale * 128 : value;
    }
  }

  /** Modulo 2^64. */
  wideUleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }

  wideSleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if ((byte & 0x40) !== 0 && shift < 64n) value -= 1n << (shift + 7n);
      return BigInt.asIntN(64, value);
    }
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  block(bytes: number): Uint8Array {
    const at = this.#take(bytes);
    return this.bytes.subarray(at, at + bytes);
  }

  skipString(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0 || end >= this.end) this.#short(0, 'a string');
    this.at = end + 1;
  }

  string(): string {
    const { at } = this;
    this.skipString();
    return textOf(this.bytes, at, this.at - 1);
  }
}

/** Names are short and ASCII nearly always: a decoder costs more than the loop. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
