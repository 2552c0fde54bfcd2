// A computer: CPU, RAM, devices and virtual time.  run() is the loop that does
// what hardware does between instructions: deliver interrupts, enter exception
// handlers, advance the clock, sleep in hlt or wfi.
//
// Virtual time is the code that ran: a byte of machine code takes a nanosecond.
// So the same input gives the same run, to the instruction, on every host.

import type { Arch } from '../arch/arch.ts';
import type { Entry, FaultState, RawEvent } from '../arch/cpu.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import { Engine, type EngineStop } from '../engine/engine.ts';
import type { Block } from '../engine/slice.ts';
import { bus } from './bus.ts';
import { ConsoleDevice } from './devices/console.ts';
import type { Device } from './devices/device.ts';
import { InterruptController } from './devices/intc.ts';
import { LinkerDevice } from './devices/linker.ts';
import { PowerDevice } from './devices/power.ts';
import { Timer } from './devices/timer.ts';
import { Memory } from './memory.ts';
import { captureRam, restoreRam } from './ram-image.ts';
import * as registers from './registers.ts';
import type { MachineState, PendingEntry } from './state.ts';
import type { ExceptionListener, Position, Stop } from './stop.ts';

export interface MachineOptions {
  readonly arch: Arch;
  /** The libunicorn to load. */
  readonly library: string;
  /** A multiple of 4 MiB; default 64 MiB. */
  readonly ramBytes?: number;
  /** 'callback' counts blocks in JavaScript, for hosts without machine code. */
  readonly slices?: 'native' | 'callback';
}

const DEFAULT_RAM = 64 << 20;
export const RAM_UNIT: number = 4 << 20;
/** Bytes of code between looks at the devices when nothing is due. */
const SLICE = 4_000_000;

/**
 * Bytes of code until the next look whether the CPU accepts a waiting interrupt.
 * At first every block is looked at, as hardware does; code that keeps interrupts
 * masked for long is looked at less often, or it would run a thousand times slower.
 */
function patience(looks: number): number {
  return 2 ** Math.min(12, Math.max(0, (looks - 256) >> 5));
}

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
  #pc: Addr = addr(0);
  #attention = false;
  /** In hlt or wfi until an interrupt line is up, however run() was cut up. */
  #asleep = false;
  #slices = 0;
  /** How often in a row an interrupt waited for the CPU to accept it. */
  #looks = 0;
  #entries = 0;
  /** A slice is under way; after a trap, a pause or a step it goes on. */
  #open = false;
  /** The CPU stands in this block, which is charged; undefined: between two. */
  #block: Block | undefined;
  /** An exception that a listener wanted to see before it is entered. */
  #pending: PendingEntry | undefined;

  constructor(options: MachineOptions) {
    const ramBytes = options.ramBytes ?? DEFAULT_RAM;
    if (ramBytes <= 0 || ramBytes % RAM_UNIT !== 0)
      throw new RangeError(`RAM must be a multiple of ${RAM_UNIT} bytes, not ${ramBytes}`);
    this.arch = options.arch;
    this.engine = new Engine({ ...options, ramBytes });
    this.memory = new Memory(options.arch, this.engine, this.engine.ram);
    const attention = (): void => {
      this.#attention = true;
      this.engine.stop();
    };
    this.timer = new Timer(this.intc, this.engine);
    this.linker = new LinkerDevice(this.intc, attention);
    this.power = new PowerDevice(attention);
    const devices = new Map<number, Device>([
      [registers.WIRE_CONSOLE, this.console],
      [registers.WIRE_INTC, this.intc],
      [registers.WIRE_TIMER, this.timer],
      [registers.WIRE_LINKER, this.linker],
      [registers.WIRE_POWER, this.power],
    ]);
    this.engine.mapDevices(
      BigInt(registers.WIRE_DEVICES_PA),
      registers.WIRE_DEVICES_BYTES,
      bus(devices),
    );
  }

  /** Virtual nanoseconds since power-on. */
  get now(): number {
    return this.timer.now + (this.#open ? this.engine.slice.used : 0);
  }

  get pc(): Addr {
    return this.#pc;
  }

  /** How many slices were run; equal runs have equal numbers. */
  get slices(): number {
    return this.#slices;
  }

  get position(): Position {
    const pc = this.#evenPc;
    const block = this.#block;
    const charged = block?.start === pc ? Number(block.end - block.start) : 0;
    return { now: this.now - charged, entries: this.#entries, pc };
  }

  /** Puts the CPU at a physical entry point with the boot argument. */
  start(entry: Addr, argument: bigint): void {
    this.engine.write(this.arch.roles.bootArgument, argument);
    this.#pc = entry;
    this.#asleep = false;
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
      const stop = this.#open ? this.#resume(pauseAt) : this.#begin(end, pauseAt);
      if (stop !== undefined) return stop;
    }
  }

  /**
   * Runs one instruction; before it, an interrupt that is due is entered, and sleep
   * is slept to its end.  undefined: that is done.
   */
  step(): Stop | undefined {
    while (!this.#open || (this.#block === undefined && this.engine.slice.left <= 0)) {
      if (this.#open) this.#close();
      const stop = this.#prepare(Number.POSITIVE_INFINITY);
      if (stop !== undefined) return stop;
      if (this.#asleep) {
        const slept = this.#sleep(Number.POSITIVE_INFINITY);
        if (slept !== undefined) return slept;
        continue;
      }
      this.engine.slice.begin(this.#budget(Number.POSITIVE_INFINITY));
      this.#open = true;
    }
    return this.#step();
  }

  /**
   * All that decides how the run goes on.
   *
   * @param since a snapshot of this machine, to share pages of RAM with
   */
  save(since?: MachineState): MachineState {
    const touched = this.engine.touchedPages();
    return {
      position: this.position,
      cpu: this.engine.saveState().slice(),
      slice: this.engine.slice.save(),
      ram: captureRam(this.memory.ram, touched, since?.ram),
      consoleLength: this.console.length,
      intc: this.intc.save(),
      timer: this.timer.save(),
      linker: this.linker.save(),
      lastWord: this.power.lastWord,
      loop: {
        pc: this.#pc,
        attention: this.#attention,
        asleep: this.#asleep,
        slices: this.#slices,
        looks: this.#looks,
        entries: this.#entries,
        open: this.#open,
        block: this.#block,
        pending: this.#pending,
      },
    };
  }

  /** Goes back, or forth, to where this machine was when it was saved. */
  restore(state: MachineState): void {
    restoreRam(this.memory.ram, this.engine.touchedPages(), state.ram);
    this.engine.restoreState(state.cpu);
    this.engine.slice.restore(state.slice);
    this.console.truncate(state.consoleLength);
    this.intc.restore(state.intc);
    this.timer.restore(state.timer);
    this.linker.restore(state.linker);
    this.power.lastWord = state.lastWord;
    const { loop } = state;
    this.#pc = loop.pc;
    this.#attention = loop.attention;
    this.#asleep = loop.asleep;
    this.#slices = loop.slices;
    this.#looks = loop.looks;
    this.#entries = loop.entries;
    this.#open = loop.open;
    this.#block = loop.block;
    this.#pending = loop.pending;
  }

  close(): void {
    this.engine.close();
  }

  get #evenPc(): Addr {
    return this.arch.thumbState === undefined ? this.#pc : addr(this.#pc & ~1n);
  }

  /** What is looked at between two slices; undefined: the CPU may go on, or sleep. */
  #prepare(end: number): Stop | undefined {
    if (this.power.lastWord !== undefined) return this.#finalStop();
    if (this.#attention) {
      this.#attention = false;
      return { kind: 'attention' };
    }
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#pending = undefined;
      return this.#vector(pending.event, pending.fault);
    }
    if (this.now >= end) return { kind: 'limit', pc: this.#pc };
    return this.#deliverInterrupt();
  }

  #deliverInterrupt(): Stop | undefined {
    const { exceptions } = this.arch;
    if (!this.intc.asserted || !exceptions.interruptsEnabled(this.engine, this.memory, this.#pc))
      return undefined;
    this.#asleep = false;
    return this.#enter(exceptions.enterInterrupt(this.engine, this.memory, this.#pc));
  }

  #budget(end: number): number {
    const { timer } = this;
    const due = Math.min(end, timer.deadline ?? Number.POSITIVE_INFINITY) - timer.now;
    this.#looks = this.intc.asserted ? this.#looks + 1 : 0;
    return Math.max(1, Math.min(this.#looks > 0 ? patience(this.#looks) : SLICE, due));
  }

  #begin(end: number, pauseAt: number): Stop | undefined {
    const stop = this.#prepare(end);
    if (stop !== undefined) return stop;
    if (this.now >= pauseAt) return { kind: 'paused' };
    if (this.#asleep) return this.#sleep(end);
    const budget = this.#budget(end);
    this.#open = true;
    return this.#settle(this.engine.run(this.#pc, budget, this.#pauseIn(pauseAt)), end);
  }

  #resume(pauseAt: number): Stop | undefined {
    if (this.#block === undefined) {
      if (this.now >= pauseAt) return { kind: 'paused' };
      return this.#settle(this.engine.resume(this.#pc, this.#pauseIn(pauseAt)));
    }
    // Within a block that is charged: at a trap, or after single steps.
    if (this.engine.isTrapped(this.#evenPc)) {
      const stop = this.engine.resumeWithin(this.#pc, this.#block.end, this.#pauseIn(pauseAt));
      if (stop.kind !== 'uneven') return this.#settle(stop);
    }
    return this.#step();
  }

  #pauseIn(pauseAt: number): number | undefined {
    return pauseAt === Number.POSITIVE_INFINITY ? undefined : pauseAt - this.now;
  }

  /** One instruction of the open slice. */
  #step(): Stop | undefined {
    const before = this.#evenPc;
    const stop = this.engine.step(this.#pc, this.#block === undefined);
    if (stop.kind !== 'stepped') return this.#settle(stop);
    const block = this.#block ?? { start: before, end: plus(before, stop.blockBytes) };
    this.#pc = this.engine.pc;
    const pc = this.#evenPc;
    if (pc === block.end && this.#waited(before, pc)) return this.#settle({ kind: 'halted' });
    this.#block = pc > before && pc < block.end ? block : undefined;
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
    this.#slices++;
    this.#open = false;
    this.#block = undefined;
  }

  #settle(stop: EngineStop, end: number = Number.POSITIVE_INFINITY): Stop | undefined {
    this.#pc = this.engine.pc;
    this.#block = stop.kind === 'trap' ? this.engine.slice.block : undefined;
    if (stop.kind === 'trap' || stop.kind === 'paused') return { kind: stop.kind };
    this.#close();
    switch (stop.kind) {
      case 'halted':
        return this.#sleep(end);
      case 'event':
        return this.#take(stop.event);
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
    this.#asleep = !this.intc.asserted;
    if (!this.#asleep || this.#attention || this.power.lastWord !== undefined) return undefined;
    if (timer.deadline === undefined) return { kind: 'idle' };
    timer.advance(Math.max(0, Math.min(timer.deadline, end) - timer.now));
    return undefined;
  }

  #take(event: RawEvent): Stop | undefined {
    const fault = this.engine.takeFault();
    if (event.kind === 'undefined-instruction' && fault.hint) return undefined;
    if (this.onException?.(event, this.#pc, fault) !== 'stop') return this.#vector(event, fault);
    this.#pending = { event, fault };
    return { kind: 'exception', event, fault };
  }

  #vector(event: RawEvent, fault: FaultState): Stop | undefined {
    return this.#enter(
      this.arch.exceptions.enter(this.engine, this.memory, event, this.#pc, fault),
    );
  }

  #enter(entry: Entry): Stop | undefined {
    if (entry.kind === 'entry-failure') return this.#dead(entry.reason);
    this.#pc = entry.pc;
    this.#entries++;
    return undefined;
  }

  #dead(reason: string): Stop {
    return { kind: 'dead', pc: this.#pc, reason };
  }

  #finalStop(): Stop {
    const word = this.power.lastWord;
    if (word === undefined || word.kind === 'off')
      return { kind: 'off', status: word?.status ?? 0 };
    const at = this.memory.offset(word.message, 1);
    if (at === undefined) return { kind: 'panic', message: '(no message)' };
    const end = this.memory.ram.indexOf(0, at);
    const bytes = this.memory.ram.slice(at, Math.min(end < 0 ? at : end, at + 1024));
    return { kind: 'panic', message: new TextDecoder().decode(bytes) };
  }
}
