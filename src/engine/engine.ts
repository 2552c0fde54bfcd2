// One emulated CPU with its RAM: the only face of Unicorn that the rest of
// modbox sees.  Hooks only record what happened and stop; the PC is never
// written inside one, no `until` address is given and the exit list is empty,
// because Unicorn mistreats all three (docs/decisions/0002-unicorn.md).

import type { Arch } from '../arch/arch.ts';
import type { Cpu, FaultState, RawEvent, SystemRegister, TableRegister } from '../arch/cpu.ts';
import { type Addr, addr } from '../base/address.ts';
import { type Binding, loadBinding, type Pointer } from './binding.ts';
import type { CodeWindow } from './block-record.ts';
import { type Budget, callbackBudget, nativeBudget } from './budget.ts';
import { type StateOffsets, stateOffsets } from './calibrate.ts';
import { CELL } from './cells.ts';
import { HOOK } from './constants.ts';
import { CpuState } from './cpu-state.ts';
import { type DeviceWindow, Hooks } from './hooks.ts';
import { openCpu } from './open.ts';
import type { EngineOptions } from './options.ts';
import { Ram } from './ram.ts';
import { RegisterFile } from './register-file.ts';
import { Slice } from './slice.ts';
import type { EngineStop } from './stop.ts';
import { type PageRun, Translations } from './translations.ts';
import { type Trap, Traps } from './traps.ts';

export class Engine implements Cpu {
  readonly registers: RegisterFile;
  readonly slice: Slice;
  readonly #arch: Arch;
  readonly #lib: Binding;
  readonly #uc: Pointer;
  readonly #ram: Ram;
  readonly #state: CpuState;
  readonly #budget: Budget;
  readonly #translations: Translations;
  readonly #traps: Traps;
  readonly #hooks: Hooks;
  #offsets: StateOffsets | undefined;
  #event: RawEvent | undefined;
  #stopped = false;
  #trapped = false;
  #stepping = false;
  #translatedFor: 'steps' | 'runs' = 'runs';
  /** The trap to go on from, and where the block around it ends. */
  #over: { readonly address: Addr; readonly end: Addr } | undefined;
  #closed = false;

  constructor(options: EngineOptions) {
    const { arch } = options;
    this.#arch = arch;
    this.#lib = loadBinding(options.library);
    const native =
      options.slices === 'callback' ? undefined : nativeBudget(this.#lib.emuStopAddress);
    this.#uc = openCpu(this.#lib, arch.name);

    this.#ram = new Ram(this.#lib, this.#uc, arch.map.ramBase, options.ramBytes);
    this.registers = new RegisterFile(arch, this.#lib, this.#uc);
    this.#state = new CpuState(this.#lib, this.#uc);
    this.#traps = new Traps(this.#lib, this.#uc, (work) => this.#state.keep(work));
    this.#hooks = new Hooks(this.#lib, this.#uc);
    this.#budget = native ?? callbackBudget(() => this.#lib.emuStop(this.#uc));
    this.slice = new Slice(this.#budget.cells);
    this.#addHooks();
    arch.exceptions.reset(this);
    this.#translations = new Translations(this.#lib, this.#uc, this.#state, this.ramBase);
  }

  get ram(): Uint8Array {
    return this.#ram.bytes;
  }

  get ramBase(): Addr {
    return this.#ram.base;
  }

  /** Whether blocks are counted by machine code or by a JavaScript callback. */
  get slices(): 'native' | 'callback' {
    return this.#budget.kind;
  }

  /**
   * Runs a new slice from `pc` until something happens or `budget` bytes of code have
   * run, rounded up to whole blocks; at most 2^31 - 1.  With `pauseIn` it pauses at
   * the first block that begins when so many bytes have run.
   */
  run(pc: Addr, budget: number, pauseIn?: number): EngineStop {
    this.slice.begin(budget);
    return this.resume(pc, pauseIn);
  }

  /** Goes on with a slice at the beginning of a block. */
  resume(pc: Addr, pauseIn?: number): EngineStop {
    if (pauseIn !== undefined) this.slice.pauseIn(pauseIn);
    return this.#go(pc);
  }

  /**
   * Goes on from a code trap within a block that is charged already.  'uneven': the
   * engine would cut the rest of the block otherwise; nothing has run.
   */
  resumeWithin(pc: Addr, end: Addr, pauseIn?: number): EngineStop {
    if (pauseIn !== undefined) this.slice.pauseIn(pauseIn);
    this.#over = { address: this.#arch.thumbState ? addr(pc & ~1n) : pc, end };
    this.slice.setAside(false);
    const stop = this.#go(pc);
    if (this.#over !== undefined) this.slice.putBack();
    this.#over = undefined;
    return stop;
  }

  /**
   * Runs one instruction of the slice.  `charge`: it is the first of its block, whose
   * size the answer has.  Code traps are passed over.  A wait (hlt,
   * wfi) cannot be told from others: the caller looks.
   */
  step(pc: Addr, charge: boolean): EngineStop {
    this.#budget.noteBlocks();
    this.#event = undefined;
    this.#stopped = false;
    this.#stepping = true;
    this.#translateFor('steps', pc);
    this.slice.setAside(charge);
    this.#budget.cells[CELL.stopped] = 0;
    const error = this.#lib.emuStart(this.#uc, pc, 0n, 0n, 1);
    this.#leaveBlock();
    const blockBytes = this.slice.firstBlockBytes;
    this.slice.putBack();
    this.#stepping = false;
    return this.#failure(error) ?? { kind: 'stepped', blockBytes };
  }

  /** How long the block is that would begin at `pc`; nothing runs. */
  measureBlock(pc: Addr): number {
    this.#budget.noteBlocks();
    this.#translateFor('steps', pc);
    this.#runNothing(pc, 1);
    return this.slice.blockBytes;
  }

  #go(pc: Addr): EngineStop {
    this.#event = undefined;
    this.#stopped = false;
    this.#trapped = false;
    const { cells } = this.#budget;
    cells[CELL.stopped] = 0;
    this.#translateFor('runs', pc);
    const error = this.#lib.emuStart(this.#uc, pc, 0n, 0n, 0);
    this.#leaveBlock();
    const paused = this.slice.endPause();
    const failure = this.#failure(error);
    if (failure !== undefined) return failure;
    if (this.#trapped) return { kind: this.#over === undefined ? 'trap' : 'uneven' };
    // Stopped by the block callback, or by itself: in hlt or wfi.
    if (cells[CELL.stopped] === 0) return { kind: 'halted' };
    if (this.#stopped) return { kind: 'stopped' };
    return { kind: paused ? 'paused' : 'budget' };
  }

  #leaveBlock(): void {
    this.#budget.record.leave(() => this.read(this.#arch.roles.pc));
  }

  /** Code that was translated to run freely does not count its instructions. */
  #translateFor(use: 'steps' | 'runs', pc: Addr): void {
    const changed = this.#traps.takeChanged();
    if (this.#translatedFor === use && !changed) return;
    if (this.#translatedFor !== use && use === 'runs') this.#runNothing(pc, 0);
    this.#translatedFor = use;
    this.flushTranslations();
  }

  /**
   * The block callback refuses the first block.  A count of 0 makes libunicorn drop its
   * counter.  For that it looks up all code it has counted in, and where a module is
   * gone meanwhile that leaves a fault behind, which would hide the next real one.
   */
  #runNothing(pc: Addr, count: number): void {
    const { cells } = this.#budget;
    const left = cells[CELL.left] ?? 0;
    cells[CELL.left] = 0;
    this.#state.keep(() => this.#lib.emuStart(this.#uc, pc, 0n, 0n, count));
    cells[CELL.left] = left;
    cells[CELL.stopped] = 0;
    this.#event = undefined;
  }

  #failure(error: number): EngineStop | undefined {
    const event = this.#takeEvent();
    if (event !== undefined) return { kind: 'event', event };
    if (isUnmapped(error)) return { kind: 'bus-error' };
    return error === 0 ? undefined : { kind: 'engine-error', message: this.#lib.strerror(error) };
  }

  /**
   * From a device callback: end the slice at the next block.  uc_emu_stop would
   * leave the PC at the access, which would then be done again.
   */
  stop(): void {
    this.#stopped = true;
    this.slice.shorten(0);
  }

  get pc(): Addr {
    const pc = this.read(this.#arch.roles.pc);
    return addr(this.#arch.thumbState?.(this) === true ? pc | 1n : pc);
  }

  read(name: string): bigint {
    return this.registers.read(name);
  }

  write(name: string, value: bigint): void {
    this.registers.write(name, value);
  }

  readSystem(register: SystemRegister): bigint {
    return this.registers.readSystem(register);
  }

  writeSystem(register: SystemRegister, value: bigint): void {
    this.registers.writeSystem(register, value);
  }

  readTable(name: string): TableRegister {
    return this.registers.readTable(name);
  }

  /** What the last exception left behind; also lets the next one be seen as new. */
  takeFault(): FaultState {
    return this.#state.takeFault(this.#stateOffsets());
  }

  /** The raw CPU state; valid until the next call. */
  saveState(): Uint8Array {
    return this.#state.save();
  }

  /**
   * Makes a saved state the CPU's; RAM, page tables too, may hold other bytes than before.
   *
   * @param changed what the CPU may have run code from, and must not run again
   */
  restoreState(state: Uint8Array, changed: readonly PageRun[] | 'all'): void {
    if (changed === 'all') this.#translations.flush();
    else this.#translations.forgetPages(changed);
    this.#state.restore(state);
    this.#translations.flushTlb();
  }

  /** From now on slice.block is the last block; a debugger needs that. */
  noteBlocks(): void {
    this.#budget.noteBlocks();
  }

  /**
   * From now on blocks of code that begin in the window leave a record, from nothing;
   * undefined: no more.  Where slices end, and so the run, does not depend on it.
   */
  recordBlocks(window: CodeWindow | undefined): void {
    if (!this.#closed) this.#budget.recordBlocks(window);
  }

  /**
   * For each byte of that window the record of the block that begins there, as RECORD
   * has it; valid until the window changes.
   */
  get blockRecords(): Uint16Array {
    return this.#budget.record.words;
  }

  /** Whether exactly one code trap is at the address. */
  isTrapped(address: Addr): boolean {
    return this.#traps.codeAt(address) === 1;
  }

  /** Asks the code traps at an address that a step came to whether to stop. */
  reachesTrap(address: Addr): boolean {
    return this.#traps.reaches(address);
  }

  /**
   * Stops before each instruction that begins between two addresses.  `reached` is
   * told the address, and answers whether to stop.
   */
  trapCode(first: Addr, last: Addr, reached: (address: Addr) => boolean): Trap {
    this.#budget.noteBlocks();
    return this.#traps.code({ first, last, wanted: reached }, (address) => {
      if (this.#stepping || this.#passes(address) || !reached(address)) return;
      this.#trapped = true;
      this.#lib.emuStop(this.#uc);
    });
  }

  /** Tells of each load or store that touches the bytes, before it is done. */
  trapMemory(...range: Parameters<Traps['memory']>): Trap {
    this.#budget.noteBlocks();
    return this.#traps.memory(...range);
  }

  /** Tells of each stretch of code without a branch that is run there. */
  traceBlocks(...range: Parameters<Traps['blocks']>): Trap {
    return this.#traps.blocks(...range);
  }

  /** The block callback has just seen the block that begins at the trap. */
  #passes(address: Addr): boolean {
    if (this.#over?.address !== address) return false;
    if (this.slice.block.end === this.#over.end) {
      this.#over = undefined;
      this.slice.putBack();
    } else {
      this.#trapped = true;
      this.#lib.emuStop(this.#uc);
    }
    return true;
  }

  /** For each page of RAM, zero if nobody has touched it: it holds zeros. */
  touchedPages(): Uint8Array {
    return this.#ram.touchedPages();
  }

  mapDevices(base: bigint, bytes: number, window: DeviceWindow): void {
    this.#hooks.mapDevices(base, bytes, window);
  }

  /**
   * Forgets what was translated from the page at a virtual address, which must be
   * mapped executable.  The guest's own stores do not always do: Unicorn notices
   * only those through the address that the code ran from.
   */
  forgetCode(page: Addr): void {
    this.#translations.forgetMapped(page);
  }

  /** After the host changed code that may have run before. */
  flushTranslations(): void {
    this.#translations.flush();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#traps.close();
    this.#state.release();
    this.#lib.close(this.#uc);
    this.#hooks.release();
    this.registers.release();
    this.#ram.release();
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
    this.#hooks.add(HOOK.interrupt, 'interrupt', (_uc: unknown, number: number) => {
      record({ kind: 'interrupt', number });
    });
    this.#hooks.add(HOOK.invalidInstruction, 'invalid', () => {
      record({ kind: 'undefined-instruction' });
      return true; // false would make emu_start fail; true alone would loop
    });
    // No hook for unmapped memory: its mere presence sends every load and store
    // down the slow path (2.4 times slower); uc_emu_start says it too.
    this.#hooks.addPointer(HOOK.block, this.#budget.callback, this.#budget.data);
  }

  #stateOffsets(): StateOffsets {
    const { path: library } = this.#lib;
    this.#offsets ??= stateOffsets(
      library,
      this.#arch.name,
      () => new Engine({ library, arch: this.#arch, ramBytes: 0x10000 }),
    );
    return this.#offsets;
  }
}

/** UC_ERR_READ_UNMAPPED, WRITE_UNMAPPED, FETCH_UNMAPPED. */
const isUnmapped = (error: number): boolean => error >= 6 && error <= 8;
