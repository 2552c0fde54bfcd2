// A computer: CPU, RAM, devices and virtual time.  run() is the loop that does
// what hardware does between instructions: deliver interrupts, enter exception
// handlers, advance the clock, sleep in hlt or wfi.
//
// Virtual time is the code that ran: a byte of machine code takes a nanosecond.
// So the same input gives the same run, to the instruction, on every host.

import type { Arch } from '../arch/arch.ts';
import type { RawEvent } from '../arch/cpu.ts';
import { type Addr, addr } from '../base/address.ts';
import { Engine, type EngineStop } from '../engine/engine.ts';
import { bus } from './bus.ts';
import { ConsoleDevice } from './devices/console.ts';
import type { Device } from './devices/device.ts';
import { InterruptController } from './devices/intc.ts';
import { LinkerDevice } from './devices/linker.ts';
import { PowerDevice } from './devices/power.ts';
import { Timer } from './devices/timer.ts';
import { Memory } from './memory.ts';
import * as registers from './registers.ts';

export interface MachineOptions {
  readonly arch: Arch;
  /** The libunicorn to load. */
  readonly library: string;
  /** A multiple of 4 MiB; default 64 MiB. */
  readonly ramBytes?: number;
  /** 'callback' counts blocks in JavaScript, for hosts without machine code. */
  readonly slices?: 'native' | 'callback';
}

/** Why the machine stopped. */
export type Stop =
  /** A device has something for the host. */
  | { readonly kind: 'attention' }
  /** Asleep with nothing to wake it. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'off'; readonly status: number }
  | { readonly kind: 'panic'; readonly message: string }
  /** The time given to run() is used up. */
  | { readonly kind: 'limit'; readonly pc: Addr }
  /** The CPU cannot go on; real hardware would reset. */
  | { readonly kind: 'dead'; readonly pc: Addr; readonly reason: string };

/** Told of each exception entered, for traces and tests. */
export type ExceptionListener = (event: RawEvent, pc: Addr) => void;

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
    return this.timer.now;
  }

  get pc(): Addr {
    return this.#pc;
  }

  /** How often the CPU was started; equal runs have equal numbers. */
  get slices(): number {
    return this.#slices;
  }

  /** Puts the CPU at a physical entry point with the boot argument. */
  start(entry: Addr, argument: bigint): void {
    this.engine.write(this.arch.roles.bootArgument, argument);
    this.#pc = entry;
    this.#asleep = false;
  }

  /** Runs until something wants the host, or `limit` virtual nanoseconds. */
  run(limit: number): Stop {
    const end = this.now + limit;
    for (;;) {
      const word = this.power.lastWord;
      if (word !== undefined) return this.#finalStop();
      if (this.#attention) {
        this.#attention = false;
        return { kind: 'attention' };
      }
      if (this.now >= end) return { kind: 'limit', pc: this.#pc };
      const stop = this.#deliverInterrupt() ?? (this.#asleep ? this.#sleep(end) : this.#slice(end));
      if (stop !== undefined) return stop;
    }
  }

  close(): void {
    this.engine.close();
  }

  #deliverInterrupt(): Stop | undefined {
    const { exceptions } = this.arch;
    if (!this.intc.asserted || !exceptions.interruptsEnabled(this.engine, this.memory, this.#pc))
      return undefined;
    const entry = exceptions.enterInterrupt(this.engine, this.memory, this.#pc);
    if (entry.kind === 'entry-failure') return { kind: 'dead', pc: this.#pc, reason: entry.reason };
    this.#pc = entry.pc;
    this.#asleep = false;
    return undefined;
  }

  #slice(end: number): Stop | undefined {
    const { timer } = this;
    const due = Math.min(end, timer.deadline ?? Number.POSITIVE_INFINITY) - timer.now;
    this.#looks = this.intc.asserted ? this.#looks + 1 : 0;
    const budget = Math.max(1, Math.min(this.#looks > 0 ? patience(this.#looks) : SLICE, due));
    const stop = this.engine.run(this.#pc, budget);
    this.#slices++;
    this.#pc = this.engine.pc;
    timer.advance(stop.used);
    return this.#settle(stop, end);
  }

  #settle(stop: EngineStop, end: number): Stop | undefined {
    switch (stop.kind) {
      case 'budget':
      case 'stopped':
        return undefined;
      case 'halted':
        return this.#sleep(end);
      case 'event':
        return this.#enter(stop.event);
      case 'bus-error':
        return this.#dead('bus error: the instruction reached neither memory nor a device');
      case 'engine-error':
        return this.#dead(`libunicorn: ${stop.message}`);
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

  #enter(event: RawEvent): Stop | undefined {
    const fault = this.engine.takeFault();
    if (event.kind === 'undefined-instruction' && fault.hint) return undefined;
    this.onException?.(event, this.#pc);
    const entry = this.arch.exceptions.enter(this.engine, this.memory, event, this.#pc, fault);
    if (entry.kind === 'entry-failure') return this.#dead(entry.reason);
    this.#pc = entry.pc;
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
