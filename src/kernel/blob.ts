// Writing the blobs of wire.h: structures, then what they point to by offset from
// the blob's first byte, names NUL-terminated at the end.

import type { Field } from './wire.ts';
import { put32, put64 } from './wire.ts';

const encoder = new TextEncoder();

export class Blob {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Reserves `bytes` zeroed bytes, 8-byte aligned; answers their offset. */
  reserve(bytes: number): number {
    const at = Math.ceil(this.#length / 8) * 8;
    this.#grow(at + bytes);
    return at;
  }

  /** Appends a name; answers its offset. */
  name(text: string): number {
    const encoded = encoder.encode(text);
    const at = this.#length;
    this.#grow(at + encoded.length + 1);
    this.#bytes.set(encoded, at);
    return at;
  }

  append(bytes: Uint8Array): number {
    const at = this.reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return at;
  }

  put32(at: number, field: Field, value: number): void {
    put32(this.#view, at, field, value);
  }

  put64(at: number, field: Field, value: bigint): void {
    put64(this.#view, at, field, value);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(length: number): void {
    this.#length = length;
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
