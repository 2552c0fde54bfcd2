// One emulated CPU with its RAM: the only face of Unicorn that the rest of
// modbox sees.  Hooks only record what happened and stop; the PC is never
// written inside one, no `until` address is given and the exit list is empty,
// because Unicorn mistreats all three (docs/decisions/0002-unicorn.md).

import type { Arch } from '../arch/arch.ts';
import type { Cpu, FaultState, RawEvent, SystemRegister, TableRegister } from '../arch/cpu.ts';
import { type Addr, addr } from '../base/address.ts';
import {
  allocate,
  type Binding,
  loadBinding,
  type Pointer,
  registerCallback,
  release,
  unregisterCallback,
  viewOf,
} from './binding.ts';
import { type Budget, callbackBudget, nativeBudget } from './budget.ts';
import { calibrate, type StateOffsets } from './calibrate.ts';
import { CTL, HOOK, models, PROT_ALL } from './constants.ts';

/** Why the CPU stopped.  `used` is what the slice consumed, in budget units. */
export type EngineStop =
  | { readonly kind: 'budget' | 'halted' | 'stopped'; readonly used: number }
  | { readonly kind: 'event'; readonly event: RawEvent; readonly used: number }
  /** The instruction at the PC reached physical memory that is not there. */
  | { readonly kind: 'bus-error'; readonly used: number }
  | { readonly kind: 'engine-error'; readonly message: string; readonly used: number };

export interface DeviceWindow {
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
}

export interface EngineOptions {
  readonly library: string;
  readonly arch: Arch;
  readonly ramBytes: number;
  /** 'callback' forces the portable block callback where machine code would do. */
  readonly slices?: 'native' | 'callback';
}

const PAGE = 4096n;
/** Oldest version with x86 page translation, as uc_version() >> 16. */
const OLDEST = 0x0201;

const calibrated = new Map<string, StateOffsets>();

export class Engine implements Cpu {
  readonly ram: Uint8Array;
  readonly ramBase: Addr;
  readonly #arch: Arch;
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #ramPointer: Pointer;
  readonly #cellPointer: Pointer;
  readonly #cell: DataView;
  readonly #context: Pointer;
  readonly #contextBytes: Uint8Array;
  readonly #contextView: DataView;
  readonly #budget: Budget;
  readonly #callbacks: Pointer[] = [];
  #offsets: StateOffsets | undefined;
  #event: RawEvent | undefined;
  #stopped = false;
  /** The budget of the current slice, less what it was shortened by. */
  #granted = 0;
  #closed = false;

  constructor(options: EngineOptions) {
    const { arch } = options;
    const model = models[arch.name];
    this.#arch = arch;
    this.#lib = loadBinding(options.library);
    if (this.#lib.version >>> 16 < OLDEST)
      throw new OldLibraryError(this.#lib.version, options.library);
    const native =
      options.slices === 'callback' ? undefined : nativeBudget(this.#lib.emuStopAddress);
    const out: [Pointer | null] = [null];
    this.#check(this.#lib.open(model.arch, model.mode, out), 'uc_open');
    if (out[0] === null) throw new Error('uc_open answered no engine');
    this.#uc = out[0];
    if (model.cpu !== undefined)
      this.#check(this.#lib.ctl(this.#uc, CTL.cpuModel, 'int', model.cpu), 'cpu model');
    this.#check(this.#lib.ctl(this.#uc, CTL.useExits, 'int', 1), 'use exits');

    const ram = allocate(options.ramBytes);
    this.#ramPointer = ram.pointer;
    this.ram = new Uint8Array(ram.view);
    this.ramBase = addr(arch.map.ramBase);
    this.#check(
      this.#lib.memMapPtr(this.#uc, this.ramBase, BigInt(options.ramBytes), PROT_ALL, ram.pointer),
      'map RAM',
    );
    const cell = allocate(64);
    this.#cellPointer = cell.pointer;
    this.#cell = new DataView(cell.view);
    const context: [Pointer | null] = [null];
    this.#check(this.#lib.contextAlloc(this.#uc, context), 'uc_context_alloc');
    if (context[0] === null) throw new Error('uc_context_alloc answered no context');
    this.#context = context[0];
    this.#contextBytes = new Uint8Array(viewOf(context[0], this.#lib.contextSize(this.#uc)));
    this.#contextView = new DataView(this.#contextBytes.buffer);

    this.#budget = native ?? callbackBudget(() => this.#lib.emuStop(this.#uc));
    this.#addHooks();
    arch.exceptions.reset(this);
  }

  /** Whether blocks are counted by machine code or by a JavaScript callback. */
  get slices(): 'native' | 'callback' {
    return this.#budget.kind;
  }

  get version(): number {
    return this.#lib.version;
  }

  /**
   * Runs from `pc` until something happens or `budget` bytes of code have run,
   * rounded up to whole blocks; at most 2^31 - 1.
   */
  run(pc: Addr, budget: number): EngineStop {
    this.#event = undefined;
    this.#stopped = false;
    const { cells } = this.#budget;
    this.#granted = budget;
    cells[0] = budget;
    cells[1] = 0;
    const error = this.#lib.emuStart(this.#uc, pc, 0n, 0n, 0);
    const event = this.#takeEvent();
    const { used } = this;
    if (event !== undefined) return { kind: 'event', event, used };
    if (isUnmapped(error)) return { kind: 'bus-error', used };
    if (error !== 0) return { kind: 'engine-error', message: this.#lib.strerror(error), used };
    // Stopped by the block callback, or by itself: in hlt or wfi.
    if (cells[1] === 0) return { kind: 'halted', used };
    return { kind: this.#stopped ? 'stopped' : 'budget', used };
  }

  /** What the current slice, or the last one, has consumed. */
  get used(): number {
    return this.#granted - (this.#budget.cells[0] ?? 0);
  }

  /** From a device callback: let the slice run `budget` more at most. */
  shorten(budget: number): void {
    const { cells } = this.#budget;
    const left = cells[0] ?? 0;
    const less = Math.max(0, budget);
    if (less >= left) return;
    this.#granted -= left - less;
    cells[0] = less;
  }

  /**
   * From a device callback: end the slice at the next block.  uc_emu_stop would
   * leave the PC at the access, which would then be done again.
   */
  stop(): void {
    this.#stopped = true;
    this.shorten(0);
  }

  get pc(): Addr {
    const pc = this.read(this.#arch.roles.pc);
    return addr(this.#arch.thumbState?.(this) === true ? pc | 1n : pc);
  }

  read(name: string): bigint {
    this.#cell.setBigUint64(0, 0n, true);
    this.#check(this.#lib.regRead(this.#uc, this.#register(name), this.#cellPointer), name);
    return this.#cell.getBigUint64(0, true);
  }

  write(name: string, value: bigint): void {
    this.#cell.setBigUint64(0, BigInt.asUintN(64, value), true);
    this.#check(this.#lib.regWrite(this.#uc, this.#register(name), this.#cellPointer), name);
  }

  readSystem(register: SystemRegister): bigint {
    const { id, valueAt } = this.#encode(register);
    this.#check(this.#lib.regRead(this.#uc, id, this.#cellPointer), 'system register');
    return this.#cell.getBigUint64(valueAt, true);
  }

  writeSystem(register: SystemRegister, value: bigint): void {
    const { id, valueAt } = this.#encode(register);
    this.#cell.setBigUint64(valueAt, value, true);
    this.#check(this.#lib.regWrite(this.#uc, id, this.#cellPointer), 'system register');
  }

  readTable(name: string): TableRegister {
    this.#check(this.#lib.regRead(this.#uc, this.#register(name), this.#cellPointer), name);
    return {
      selector: this.#cell.getUint16(0, true),
      base: addr(this.#cell.getBigUint64(8, true)),
      limit: this.#cell.getUint32(16, true),
    };
  }

  /** What the last exception left behind; also lets the next one be seen as new. */
  takeFault(): FaultState {
    const offsets = this.#stateOffsets();
    this.saveState();
    const code = this.#contextView.getUint32(offsets.code, true);
    const address =
      offsets.address === undefined ? 0n : this.#contextView.getBigUint64(offsets.address, true);
    let hint = false;
    if (offsets.oldException !== undefined) {
      this.#contextView.setInt32(offsets.oldException, -1, true);
      this.#check(this.#lib.contextRestore(this.#uc, this.#context), 'uc_context_restore');
    }
    if (offsets.syndrome !== undefined) {
      // Unicorn reports ARM's yield and wfe as invalid instructions, but only a
      // real exception leaves a syndrome.
      hint = this.#contextView.getUint32(offsets.syndrome, true) === 0;
      this.#contextView.setUint32(offsets.syndrome, 0, true);
      this.#check(this.#lib.contextRestore(this.#uc, this.#context), 'uc_context_restore');
    }
    return { code, address: addr(address), hint };
  }

  /** The raw CPU state; valid until the next call. */
  saveState(): Uint8Array {
    this.#check(this.#lib.contextSave(this.#uc, this.#context), 'uc_context_save');
    return this.#contextBytes;
  }

  /** Runs to the first event and leaves it be (calibration). */
  probe(pc: Addr): void {
    this.run(pc, 4096);
  }

  mapDevices(base: bigint, bytes: number, window: DeviceWindow): void {
    const read = this.#callback('mmioRead', (_uc: unknown, offset: number | bigint, size: number) =>
      window.read(Number(offset), size),
    );
    const write = this.#callback(
      'mmioWrite',
      (_uc: unknown, offset: number | bigint, size: number, value: number | bigint) =>
        window.write(Number(offset), size, Number(value)),
    );
    const error = this.#lib.mmioMap(this.#uc, base, BigInt(bytes), read, null, write, null);
    this.#check(error, 'map devices');
  }

  /**
   * Forgets what was translated from the page at a virtual address, which must be
   * mapped executable.  The guest's own stores do not always do: Unicorn notices
   * only those through the address that the code ran from.
   */
  forgetCode(page: Addr): void {
    const range = ['uint64_t', page, 'uint64_t', page + PAGE] as const;
    this.#check(this.#lib.ctl(this.#uc, CTL.removeTranslations, ...range), 'forget code');
  }

  /** After the host changed code that may have run before. */
  flushTranslations(): void {
    this.#check(this.#lib.ctl(this.#uc, CTL.flushTranslations), 'flush translations');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lib.contextFree(this.#context);
    this.#lib.close(this.#uc);
    for (const pointer of this.#callbacks) unregisterCallback(pointer);
    release(this.#cellPointer);
    release(this.#ramPointer);
    this.#budget.release();
  }

  #takeEvent(): RawEvent | undefined {
    return this.#event;
  }

  #addHooks(): void {
    const record = (event: RawEvent): void => {
      this.#event ??= event;
      this.#lib.emuStop(this.#uc);
    };
    this.#hook(HOOK.interrupt, 'interrupt', (_uc: unknown, number: number) => {
      record({ kind: 'interrupt', number });
    });
    this.#hook(HOOK.invalidInstruction, 'invalid', () => {
      record({ kind: 'undefined-instruction' });
      return true; // false would make emu_start fail; true alone would loop
    });
    // No hook for unmapped memory: its mere presence sends every load and store
    // down the slow path (2.4 times slower); uc_emu_start says it too.
    this.#hookPointer(HOOK.block, this.#budget.callback, this.#budget.data);
  }

  #hook<A extends readonly unknown[], R>(
    type: number,
    kind: Parameters<typeof registerCallback>[0],
    callback: (...args: A) => R,
  ): void {
    this.#hookPointer(type, this.#callback(kind, callback), null);
  }

  #hookPointer(type: number, callback: Pointer, data: Pointer | null): void {
    // begin > end: everywhere.
    this.#check(this.#lib.hookAdd(this.#uc, [null], type, callback, data, 1n, 0n), 'hook');
  }

  #callback<A extends readonly unknown[], R>(
    kind: Parameters<typeof registerCallback>[0],
    callback: (...args: A) => R,
  ): Pointer {
    const pointer = registerCallback(kind, callback);
    this.#callbacks.push(pointer);
    return pointer;
  }

  #stateOffsets(): StateOffsets {
    if (this.#offsets !== undefined) return this.#offsets;
    const key = `${this.#lib.path} ${this.#arch.name}`;
    let offsets = calibrated.get(key);
    if (offsets === undefined) {
      const scratch = new Engine({ library: this.#lib.path, arch: this.#arch, ramBytes: 0x10000 });
      try {
        offsets = calibrate(scratch, this.#arch.name);
      } finally {
        scratch.close();
      }
      calibrated.set(key, offsets);
    }
    this.#offsets = offsets;
    return offsets;
  }

  #register(name: string): number {
    const id = models[this.#arch.name].registers[name];
    if (id === undefined) throw new Error(`${this.#arch.name} has no register ${name}`);
    return id;
  }

  /** Lays out uc_arm_cp_reg or uc_arm64_cp_reg in the cell. */
  #encode(register: SystemRegister): { id: number; valueAt: number } {
    const id = models[this.#arch.name].system;
    if (id === undefined) throw new Error(`${this.#arch.name} has no system registers`);
    const { op0, op1, crn, crm, op2 } = register;
    const wide = this.#arch.wordBytes === 8;
    // 32-bit: cp, is64, sec, crn, crm, opc1, opc2, value at 32.
    const words = wide ? [crn, crm, op0, op1, op2] : [op0, 0, 0, crn, crm, op1, op2];
    for (let i = 0; i < 10; i++) this.#cell.setUint32(i * 4, words[i] ?? 0, true);
    return { id, valueAt: wide ? 24 : 32 };
  }

  #check(error: number, what: string): void {
    if (error !== 0) throw new Error(`libunicorn: ${what}: ${this.#lib.strerror(error)}`);
  }
}

/** UC_ERR_READ_UNMAPPED, WRITE_UNMAPPED, FETCH_UNMAPPED. */
function isUnmapped(error: number): boolean {
  return error >= 6 && error <= 8;
}

/** The library is too old; the message says why that matters. */
export class OldLibraryError extends Error {
  constructor(version: number, path: string) {
    const found = `${version >>> 24}.${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}`;
    super(
      `${path} is libunicorn ${found}; modbox needs 2.1 or newer (2.0 has no x86 page ` +
        'translation and takes 100 ms for each flush of translated code). Run `npm run setup` ' +
        'to fetch 2.1.4, or name another library in MODBOX_UNICORN.',
    );
    this.name = 'OldLibraryError';
  }
}
