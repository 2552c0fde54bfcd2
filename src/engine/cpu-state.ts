// The raw state of the CPU, as libunicorn saves it.  Some of it is in no register:
// what an exception left behind is read here, at offsets that calibrate.ts finds.

import type { FaultState } from '../arch/cpu.ts';
import { addr } from '../base/address.ts';
import { type Binding, type Pointer, viewOf } from './binding.ts';
import type { StateOffsets } from './calibrate.ts';

export class CpuState {
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #context: Pointer;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(lib: Binding, uc: Pointer) {
    this.#lib = lib;
    this.#uc = uc;
    const out: [Pointer | null] = [null];
    this.#check(lib.contextAlloc(uc, out), 'uc_context_alloc');
    if (out[0] === null) throw new Error('uc_context_alloc answered no context');
    this.#context = out[0];
    this.#bytes = new Uint8Array(viewOf(out[0], lib.contextSize(uc)));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The state; valid until the next call. */
  save(): Uint8Array {
    this.#check(this.#lib.contextSave(this.#uc, this.#context), 'uc_context_save');
    return this.#bytes;
  }

  /** Makes a saved state the CPU's. */
  restore(state: Uint8Array): void {
    this.#bytes.set(state);
    this.#restore();
  }

  /** Does something to libunicorn that the CPU is not to notice. */
  keep(work: () => void): void {
    this.save();
    work();
    this.#restore();
  }

  /** What the last exception left behind; also lets the next one be seen as new. */
  takeFault(offsets: StateOffsets): FaultState {
    this.save();
    const code = this.#view.getUint32(offsets.code, true);
    const address =
      offsets.address === undefined ? 0n : this.#view.getBigUint64(offsets.address, true);
    let hint = false;
    if (offsets.oldException !== undefined) {
      this.#view.setInt32(offsets.oldException, -1, true);
      this.#restore();
    }
    if (offsets.syndrome !== undefined) {
      // Unicorn reports ARM's yield and wfe as invalid instructions, but only a
      // real exception leaves a syndrome.
      hint = this.#view.getUint32(offsets.syndrome, true) === 0;
      this.#view.setUint32(offsets.syndrome, 0, true);
      this.#restore();
    }
    return { code, address: addr(address), hint };
  }

  release(): void {
    this.#lib.contextFree(this.#context);
  }

  #restore(): void {
    this.#check(this.#lib.contextRestore(this.#uc, this.#context), 'uc_context_restore');
  }

  #check(error: number, what: string): void {
    if (error !== 0) throw new Error(`libunicorn: ${what}: ${this.#lib.strerror(error)}`);
  }
}
