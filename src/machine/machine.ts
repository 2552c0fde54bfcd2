// A computer: CPU, RAM, devices and virtual time.  run() is the loop that does
// what hardware does between instructions: deliver interrupts, enter exception
// handlers, advance the clock, sleep in hlt or wfi.
//
// Virtual time is the code that ran: a byte of machine code takes a nanosecond.
// So the same input gives the same run, to the instruction, on every host.

import type { Arch } from '../arch/arch.ts';
import type { Entry, FaultState, RawEvent } from '../arch/cpu.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import { Engine } from '../engine/engine.ts';
import type { Block } from '../engine/slice.ts';
import type { EngineStop } from '../engine/stop.ts';
import { bus } from './bus.ts';
import { ConsoleDevice } from './devices/console.ts';
import { InterruptController } from './devices/intc.ts';
import { LinkerDevice } from './devices/linker.ts';
import { PowerDevice } from './devices/power.ts';
import { Timer } from './devices/timer.ts';
import { finalStop } from './final-stop.ts';
import { Memory } from './memory.ts';
import { DEFAULT_RAM, type MachineOptions, RAM_UNIT } from './options.ts';
import { patience, SLICE } from './pace.ts';
import { predicatedStep } from './predicated-step.ts';
import { WIRE_DEVICES_BYTES, WIRE_DEVICES_PA } from './registers.ts';
import {
  elsewhere,
  type LoopState,
  type MachineState,
  putState,
  startOfLoop,
  takeState,
} from './state.ts';
import type { ExceptionListener, Position, Stop } from './stop.ts';

export class Machine {
  readonly arch: Arch;
  readonly engine: Engine;
  readonly memory: Memory;
  readonly console: ConsoleDevice = new ConsoleDevice();
  readonly intc: InterruptController = new InterruptController();
  readonly timer: Timer;
  readonly linker: LinkerDevice;
  readonly power: PowerDevice;
  onException: ExceptionListener | undefined;
  #loop: LoopState = { ...startOfLoop };
  /** What the slice had used when the CPU was set going within a block. */
  #usedWithin: number | undefined;
  #pauseSoon = false;

  constructor(options: MachineOptions) {
    const ramBytes = options.ramBytes ?? DEFAULT_RAM;
    if (ramBytes <= 0 || ramBytes % RAM_UNIT !== 0)
      throw new RangeError(`RAM must be a multiple of ${RAM_UNIT} bytes, not ${ramBytes}`);
    this.arch = options.arch;
    this.engine = new Engine({ ...options, ramBytes });
    this.memory = new Memory(options.arch, this.engine, this.engine.ram);
    const attention = (): void => {
      this.#loop.attention = true;
      this.engine.stop();
    };
    this.timer = new Timer(this.intc, this.engine.slice);
    this.linker = new LinkerDevice(this.intc, attention);
    this.power = new PowerDevice(attention);
    this.engine.mapDevices(BigInt(WIRE_DEVICES_PA), WIRE_DEVICES_BYTES, bus(this));
  }

  /** Virtual nanoseconds since power-on. */
  get now(): number {
    return this.timer.now + (this.#loop.open ? this.engine.slice.used : 0);
  }

  get pc(): Addr {
    return this.#loop.pc;
  }

  /** How many slices were run; equal runs have equal numbers. */
  get slices(): number {
    return this.#loop.slices;
  }

  /** How many of the entries were interrupts. */
  get interrupts(): number {
    return this.#loop.interrupts;
  }

  /** At an exception that is not entered yet: before the instruction that caused it. */
  get position(): Position {
    return this.#positionIn(this.#loop.pending?.block ?? this.#loop.block, this.#evenPc);
  }

  /** The moment of an access, for a memory trap to ask while the CPU runs. */
  get accessPosition(): Position {
    const { pc } = this.engine;
    return this.#positionIn(
      this.#runningBlock,
      this.arch.thumbState === undefined ? pc : addr(pc & ~1n),
    );
  }

  get #runningBlock(): Block | undefined {
    const within = this.engine.slice.used === this.#usedWithin;
    return within ? this.#loop.block : this.engine.slice.block;
  }

  #positionIn(block: Block | undefined, pc: Addr): Position {
    const charged = block === undefined ? 0 : Number(block.end - block.start);
    return { now: this.now - charged, entries: this.#loop.entries, pc };
  }

  /** From a memory trap: pause when the block that runs is over. */
  pauseSoon(): void {
    this.#pauseSoon = true;
    this.engine.slice.pauseNow();
  }

  /** Whether the next instruction begins a block, of which nothing has been charged. */
  get betweenBlocks(): boolean {
    return this.#loop.block === undefined;
  }

  /** Whether the host is wanted before anything else runs. */
  get wantsHost(): boolean {
    return this.#loop.attention && this.#loop.block === undefined;
  }

  /** Puts the CPU at a physical entry point with the boot argument. */
  start(entry: Addr, argument: bigint): void {
    this.engine.write(this.arch.roles.bootArgument, argument);
    this.#loop = { ...this.#loop, pc: entry, asleep: false };
  }

  /** Lets the CPU go on elsewhere, as a debugger wants, in the instruction set it is in. */
  jump(pc: Addr): void {
    const there = this.arch.thumbState?.(this.engine) === true ? addr(pc | 1n) : pc;
    // A moment of its own, as an entry is: the PC may be less than before.
    this.#loop = { ...elsewhere(this.#loop), pc: there };
    this.engine.write(this.arch.roles.pc, there);
  }

  /**
   * Runs until something wants the host, or `limit` virtual nanoseconds.
   *
   * @param pauseAt moment to pause at, when a block begins; where slices end, and so
   *   the run itself, does not depend on it, as it does on `limit`
   */
  run(limit: number, pauseAt: number = Number.POSITIVE_INFINITY): Stop {
    const end = this.now + limit;
    for (;;) {
      const stop = this.#loop.open ? this.#resume(pauseAt) : this.#begin(end, pauseAt);
      const pause = this.#pauseSoon && this.#loop.block === undefined;
      if (pause) this.#pauseSoon = false;
      if (stop !== undefined) return stop;
      if (pause) return { kind: 'paused' };
    }
  }

  /**
   * Runs one instruction; before it, an interrupt that is due is entered, and sleep
   * is slept to its end.  undefined: that is done.
   */
  step(): Stop | undefined {
    while (!this.#loop.open || (this.#loop.block === undefined && this.engine.slice.left <= 0)) {
      if (this.#loop.open) this.#close();
      const stop = this.#prepare(Number.POSITIVE_INFINITY);
      if (stop !== undefined) return stop;
      if (this.#loop.asleep) {
        const slept = this.#sleep(Number.POSITIVE_INFINITY);
        if (slept !== undefined) return slept;
        continue;
      }
      this.engine.slice.begin(this.#budget(Number.POSITIVE_INFINITY));
      this.#loop.open = true;
    }
    return this.#step();
  }

  /**
   * All that decides how the run goes on.
   *
   * @param since a snapshot of this machine, to share pages of RAM with
   */
  save(since?: MachineState): MachineState {
    return takeState(this, { ...this.#loop }, since);
  }

  /**
   * Goes back, or forth, to where this machine was when it was saved.
   *
   * @param code pages of RAM, by number, that held code then: if they still hold the
   *   same it need not be translated again
   */
  restore(state: MachineState, code?: ReadonlySet<number>): void {
    putState(this, state, code);
    this.#loop = { ...state.loop };
  }

  close(): void {
    this.engine.close();
  }

  get #evenPc(): Addr {
    return this.arch.thumbState === undefined ? this.#loop.pc : addr(this.#loop.pc & ~1n);
  }

  /** What is looked at between two slices; undefined: the CPU may go on, or sleep. */
  #prepare(end: number): Stop | undefined {
    if (this.power.lastWord !== undefined) return finalStop(this.power, this.memory);
    if (this.#loop.attention) {
      this.#loop.attention = false;
      return { kind: 'attention' };
    }
    const pending = this.#loop.pending;
    if (pending !== undefined) {
      this.#loop.pending = undefined;
      return this.#vector(pending.event, pending.fault);
    }
    if (this.now >= end) return { kind: 'limit', pc: this.#loop.pc };
    return this.#deliverInterrupt();
  }

  #deliverInterrupt(): Stop | undefined {
    const { exceptions } = this.arch;
    if (
      !this.intc.asserted ||
      !exceptions.interruptsEnabled(this.engine, this.memory, this.#loop.pc)
    )
      return undefined;
    this.#loop.asleep = false;
    this.#loop.interrupts++;
    return this.#enter(exceptions.enterInterrupt(this.engine, this.memory, this.#loop.pc));
  }

  #budget(end: number): number {
    const { timer } = this;
    const due = Math.min(end, timer.deadline ?? Number.POSITIVE_INFINITY) - timer.now;
    this.#loop.looks = this.intc.asserted ? this.#loop.looks + 1 : 0;
    return Math.max(1, Math.min(this.#loop.looks > 0 ? patience(this.#loop.looks) : SLICE, due));
  }

  #begin(end: number, pauseAt: number): Stop | undefined {
    const stop = this.#prepare(end);
    if (stop !== undefined) return stop;
    if (this.now >= pauseAt) return { kind: 'paused' };
    if (this.#loop.asleep) return this.#sleep(end);
    const budget = this.#budget(end);
    this.#usedWithin = undefined;
    this.#loop.open = true;
    return this.#settle(this.engine.run(this.#loop.pc, budget, this.#pauseIn(pauseAt)), end);
  }

  #resume(pauseAt: number): Stop | undefined {
    const { pc, block } = this.#loop;
    this.#usedWithin = block === undefined ? undefined : this.engine.slice.used;
    if (block === undefined) {
      if (this.now >= pauseAt) return { kind: 'paused' };
      return this.#settle(this.engine.resume(pc, this.#pauseIn(pauseAt)));
    }
    // Within a block that is charged: at a trap, or after single steps.
    if (this.engine.isTrapped(this.#evenPc)) {
      const stop = this.engine.resumeWithin(pc, block.end, this.#pauseIn(pauseAt));
      if (stop.kind !== 'uneven') return this.#settle(stop);
    }
    const stop = this.#step();
    if (stop !== undefined || this.#loop.block === undefined) return stop;
    // Steps pass traps over; where the next block begins, the engine will see them.
    return this.engine.reachesTrap(this.#evenPc) ? { kind: 'trap' } : undefined;
  }

  #pauseIn(pauseAt: number): number | undefined {
    return pauseAt === Number.POSITIVE_INFINITY ? undefined : pauseAt - this.now;
  }

  /** One instruction of the open slice. */
  #step(): Stop | undefined {
    const { predication } = this.arch;
    const pc = this.#evenPc;
    const step =
      predication !== undefined && pc !== this.#loop.pc
        ? predicatedStep(predication, this.engine, this.memory, pc)
        : undefined;
    if (predication === undefined || step === undefined) {
      this.#usedWithin = this.#loop.block === undefined ? undefined : this.engine.slice.used;
      return this.#stepped(pc, this.engine.step(this.#loop.pc, this.#loop.block === undefined));
    }
    this.#enterBlock(pc);
    if (step.kind === 'passed') {
      predication.write(this.engine, step.state);
      this.engine.write(this.arch.roles.pc, plus(this.#loop.pc, step.bytes));
      return this.#stepped(pc, { kind: 'stepped', blockBytes: 0 });
    }
    predication.write(this.engine, step.alone);
    const stop = this.engine.step(this.#loop.pc, false);
    predication.write(this.engine, stop.kind === 'stepped' ? step.next : step.state);
    return this.#stepped(pc, stop);
  }

  /** Charges the block that begins here, if one does, as the engine would. */
  #enterBlock(pc: Addr): void {
    if (this.#loop.block === undefined) {
      const bytes = this.engine.measureBlock(this.#loop.pc);
      this.engine.slice.charge(bytes);
      this.#loop.block = { start: pc, end: plus(pc, bytes) };
    }
    this.#usedWithin = this.engine.slice.used;
  }

  /** @param before where the instruction is that was executed */
  #stepped(before: Addr, stop: EngineStop): Stop | undefined {
    if (stop.kind !== 'stepped') return this.#settle(stop);
    const block = this.#loop.block ?? { start: before, end: plus(before, stop.blockBytes) };
    this.#loop.pc = this.engine.pc;
    const pc = this.#evenPc;
    if (pc === block.end && this.#waited(before, pc)) return this.#settle({ kind: 'halted' });
    this.#loop.block = pc > before && pc < block.end ? block : undefined;
    return undefined;
  }

  /** Whether the instruction between was the last of its block because it waits. */
  #waited(first: Addr, end: Addr): boolean {
    const code = this.memory.read(first, Number(end - first));
    return code !== undefined && this.arch.isWait(code);
  }

  /** The slice is over. */
  #close(): void {
    this.timer.advance(this.engine.slice.used);
    this.#loop.slices++;
    this.#loop.open = false;
    this.#loop.block = undefined;
  }

  #settle(stop: EngineStop, end: number = Number.POSITIVE_INFINITY): Stop | undefined {
    const block = this.#runningBlock;
    this.#loop.pc = this.engine.pc;
    this.#loop.block = stop.kind === 'trap' ? block : undefined;
    if (stop.kind === 'trap' || stop.kind === 'paused') return { kind: stop.kind };
    this.#close();
    switch (stop.kind) {
      case 'halted':
        return this.#sleep(end);
      case 'event':
        return this.#take(stop.event, block);
      case 'bus-error':
        return this.#dead('bus error: the instruction reached neither memory nor a device');
      case 'engine-error':
        return this.#dead(`libunicorn: ${stop.message}`);
      default:
        return undefined;
    }
  }

  /** hlt or wfi: skip to the next thing that wakes the CPU. */
  #sleep(end: number): Stop | undefined {
    const { timer } = this;
    this.#loop.asleep = !this.intc.asserted;
    if (!this.#loop.asleep || this.#loop.attention || this.power.lastWord !== undefined)
      return undefined;
    if (timer.deadline === undefined) return { kind: 'idle' };
    timer.advance(Math.max(0, Math.min(timer.deadline, end) - timer.now));
    return undefined;
  }

  #take(event: RawEvent, block: Block | undefined): Stop | undefined {
    const fault = this.engine.takeFault();
    if (event.kind === 'undefined-instruction' && fault.hint) return undefined;
    if (this.onException?.(event, this.#loop.pc, fault) !== 'stop')
      return this.#vector(event, fault);
    this.#loop.pending = { event, fault, block };
    return { kind: 'exception', event, fault };
  }

  #vector(event: RawEvent, fault: FaultState): Stop | undefined {
    return this.#enter(
      this.arch.exceptions.enter(this.engine, this.memory, event, this.#loop.pc, fault),
    );
  }

  #enter(entry: Entry): Stop | undefined {
    if (entry.kind === 'entry-failure') return this.#dead(entry.reason);
    this.#loop.pc = entry.pc;
    this.#loop.entries++;
    return undefined;
  }

  #dead(reason: string): Stop {
    return { kind: 'dead', pc: this.#loop.pc, reason };
  }
}
