// What libunicorn has translated of the guest's code, and how it is made to forget.
// It keys translations by physical address, but can only be told a virtual one, which
// it translates as the CPU would.  What is forgotten is never freed either, until all
// of it is: so all of it is, every now and then.

import type { Addr } from '../base/address.ts';
import type { Binding, Pointer } from './binding.ts';
import { CTL } from './constants.ts';
import type { CpuState } from './cpu-state.ts';

/** Pages of RAM, by number from its base; without the last. */
export interface PageRun {
  readonly first: number;
  readonly end: number;
}

export const PAGE = 4096;
/**
 * Orders to forget until the buffer is emptied: some ten megabytes of translations
 * that nobody uses, of its gigabyte.
 */
const ENOUGH = 4096;

export class Translations {
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #state: CpuState;
  readonly #ramBase: Addr;
  /** The CPU at reset, when its addresses are physical. */
  readonly #reset: Uint8Array;
  #orders = 0;

  /** To be made when the CPU is in its reset state. */
  constructor(lib: Binding, uc: Pointer, state: CpuState, ramBase: Addr) {
    this.#lib = lib;
    this.#uc = uc;
    this.#state = state;
    this.#ramBase = ramBase;
    this.#reset = state.save().slice();
  }

  /** Forgets everything. */
  flush(): void {
    this.#check(this.#lib.ctl(this.#uc, CTL.flushTranslations), 'flush translations');
    this.#orders = 0;
  }

  /** Forgets what came from the page at a virtual address, which must be mapped executable. */
  forgetMapped(page: Addr): void {
    this.#forget(page, PAGE);
    if (this.#orders > ENOUGH) this.flush();
  }

  /**
   * Forgets what came from pages of RAM, whatever is mapped.  The CPU is left in its
   * reset state: the caller restores another one.
   */
  forgetPages(runs: readonly PageRun[]): void {
    if (this.#orders + runs.length > ENOUGH) {
      this.flush();
      return;
    }
    this.#state.restore(this.#reset);
    this.flushTlb();
    for (const { first, end } of runs)
      this.#forget(this.#ramBase + BigInt(first * PAGE), (end - first) * PAGE);
  }

  flushTlb(): void {
    this.#check(this.#lib.ctl(this.#uc, CTL.flushTlb), 'flush TLB');
  }

  #forget(start: bigint, bytes: number): void {
    this.#orders++;
    const range = ['uint64_t', start, 'uint64_t', start + BigInt(bytes)] as const;
    this.#check(this.#lib.ctl(this.#uc, CTL.removeTranslations, ...range), 'forget code');
  }

  #check(error: number, what: string): void {
    if (error !== 0) throw new Error(`libunicorn: ${what}: ${this.#lib.strerror(error)}`);
  }
}
