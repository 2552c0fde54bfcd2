// The RAM of one CPU: memory of this process that libunicorn has as the guest's, and
// which pages of it the host has ever given memory to.

import { type Addr, addr } from '../base/address.ts';
import type { Binding, Pointer } from './binding.ts';
import { PROT_ALL } from './constants.ts';
import { allocateRam, type Pages } from './pages.ts';
import { residencyOf } from './residency.ts';

export class Ram {
  readonly bytes: Uint8Array;
  readonly base: Addr;
  readonly #pages: Pages;
  readonly #residency: ReturnType<typeof residencyOf>;

  /** @throws when libunicorn does not take it */
  constructor(lib: Binding, uc: Pointer, base: number, bytes: number) {
    this.base = addr(base);
    this.#pages = allocateRam(bytes);
    const { pointer } = this.#pages;
    this.bytes = new Uint8Array(this.#pages.view());
    const error = lib.memMapPtr(uc, this.base, BigInt(bytes), PROT_ALL, pointer);
    if (error !== 0) throw new Error(`libunicorn: map RAM: ${lib.strerror(error)}`);
    this.#residency = residencyOf(pointer, bytes);
  }

  /** For each page, zero if nobody has touched it: it holds zeros.  Valid until the next call. */
  touchedPages(): Uint8Array {
    return this.#residency.ask();
  }

  /** After the CPU is closed. */
  release(): void {
    this.#residency.close();
    this.#pages.free();
  }
}
