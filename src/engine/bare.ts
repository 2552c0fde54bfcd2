// A bare libunicorn in the state of one of our engines: the same RAM, the same
// registers and page tables, but no hooks, no devices and no budget.  The
// benchmark runs code on it to know what the emulator itself can do.

import type { Arch } from '../arch/arch.ts';
import type { Addr } from '../base/address.ts';
import {
  allocate,
  loadBinding,
  type Pointer,
  registerCallback,
  release,
  viewOf,
} from './binding.ts';
import { CTL, HOOK, models, PROT_ALL } from './constants.ts';
import type { Engine } from './engine.ts';

/** struct uc_context begins with a header that belongs to its instance. */
const CONTEXT_HEADER = 40;

export class BareCpu {
  readonly ram: DataView;
  readonly #arch: Arch;
  readonly #lib: ReturnType<typeof loadBinding>;
  readonly #uc: Pointer;
  readonly #ramPointer: Pointer;
  readonly #cellPointer: Pointer;
  readonly #cell: DataView;

  constructor(engine: Engine, arch: Arch, library: string) {
    const model = models[arch.name];
    this.#arch = arch;
    this.#lib = loadBinding(library);
    const out: [Pointer | null] = [null];
    this.#lib.open(model.arch, model.mode, out);
    if (out[0] === null) throw new Error('uc_open answered no engine');
    this.#uc = out[0];
    if (model.cpu !== undefined) this.#lib.ctl(this.#uc, CTL.cpuModel, 'int', model.cpu);
    this.#lib.ctl(this.#uc, CTL.useExits, 'int', 1);
    const ram = allocate(engine.ram.length);
    this.#ramPointer = ram.pointer;
    new Uint8Array(ram.view).set(engine.ram);
    this.ram = new DataView(ram.view);
    const bytes = BigInt(engine.ram.length);
    this.#lib.memMapPtr(this.#uc, engine.ramBase, bytes, PROT_ALL, ram.pointer);
    const cell = allocate(64);
    this.#cellPointer = cell.pointer;
    this.#cell = new DataView(cell.view);
    this.#restore(engine.saveState());
  }

  read(name: string): bigint {
    this.#cell.setBigUint64(0, 0n, true);
    this.#lib.regRead(this.#uc, this.#register(name), this.#cellPointer);
    return this.#cell.getBigUint64(0, true);
  }

  write(name: string, value: bigint): void {
    this.#cell.setBigUint64(0, BigInt.asUintN(64, value), true);
    this.#lib.regWrite(this.#uc, this.#register(name), this.#cellPointer);
  }

  /** Runs until an exception, which without hooks ends it. */
  run(pc: Addr): void {
    this.#lib.emuStart(this.#uc, pc, 0n, 0n, 0);
  }

  /** From now on counts instructions: slowly, and not to be measured with. */
  countInstructions(): { readonly count: () => number } {
    let instructions = 0;
    const callback = registerCallback('block', () => {
      instructions++;
    });
    this.#lib.ctl(this.#uc, CTL.flushTranslations);
    this.#lib.hookAdd(this.#uc, [null], HOOK.code, callback, null, 1n, 0n);
    return { count: () => instructions };
  }

  close(): void {
    this.#lib.close(this.#uc);
    release(this.#cellPointer);
    release(this.#ramPointer);
  }

  #restore(state: Uint8Array): void {
    const out: [Pointer | null] = [null];
    this.#lib.contextAlloc(this.#uc, out);
    if (out[0] === null) throw new Error('uc_context_alloc answered no context');
    const bytes = new Uint8Array(viewOf(out[0], this.#lib.contextSize(this.#uc)));
    this.#lib.contextSave(this.#uc, out[0]);
    bytes.set(state.subarray(CONTEXT_HEADER), CONTEXT_HEADER);
    this.#lib.contextRestore(this.#uc, out[0]);
    this.#lib.contextFree(out[0]);
  }

  #register(name: string): number {
    const id = models[this.#arch.name].registers[name];
    if (id === undefined) throw new Error(`${this.#arch.name} has no register ${name}`);
    return id;
  }
}
