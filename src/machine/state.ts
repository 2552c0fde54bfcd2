// A snapshot of a machine: all that decides how the run goes on.

import type { FaultState, RawEvent } from '../arch/cpu.ts';
import { type Addr, addr } from '../base/address.ts';
import type { Block, SliceState } from '../engine/slice.ts';
import type { PageRun } from '../engine/translations.ts';
import type { IntcState } from './devices/intc.ts';
import type { LinkerState } from './devices/linker.ts';
import type { LastWord } from './devices/power.ts';
import type { TimerState } from './devices/timer.ts';
import type { Machine } from './machine.ts';
import { captureRam, type RamImage, restoreRam } from './ram-image.ts';
import type { Position } from './stop.ts';

/** An exception that a listener wanted to see before it is entered. */
export interface PendingEntry {
  readonly event: RawEvent;
  readonly fault: FaultState;
  /** What was charged for the block that it happened in. */
  readonly block: Block | undefined;
}

export interface MachineState {
  readonly position: Position;
  /** As libunicorn saves it. */
  readonly cpu: Uint8Array;
  readonly slice: SliceState;
  readonly ram: RamImage;
  readonly consoleLength: number;
  readonly intc: IntcState;
  readonly timer: TimerState;
  readonly linker: LinkerState;
  readonly lastWord: LastWord | undefined;
  readonly loop: Readonly<LoopState>;
}

/** Where the run loop stands. */
export interface LoopState {
  pc: Addr;
  /** A device wants the host to look at it. */
  attention: boolean;
  /** In hlt or wfi until an interrupt line is up, however run() was cut up. */
  asleep: boolean;
  /** How many slices were run. */
  slices: number;
  /** How often in a row an interrupt waited for the CPU to accept it. */
  looks: number;
  /** Exceptions and interrupts entered. */
  entries: number;
  interrupts: number;
  /** A slice is under way; after a trap, a pause or a step it goes on. */
  open: boolean;
  /** The CPU stands in this block, which is charged; undefined: between two. */
  block: Block | undefined;
  pending: PendingEntry | undefined;
}

export const startOfLoop: Readonly<LoopState> = {
  pc: addr(0),
  attention: false,
  asleep: false,
  slices: 0,
  looks: 0,
  entries: 0,
  interrupts: 0,
  open: false,
  block: undefined,
  pending: undefined,
};

/** The loop after a jump: awake, in no block, with nothing to enter. */
export function elsewhere(loop: LoopState): LoopState {
  const entries = loop.entries + 1;
  return { ...loop, entries, block: undefined, pending: undefined, asleep: false };
}

/** @param since a snapshot of the same machine, to share pages of RAM with */
export function takeState(machine: Machine, loop: LoopState, since?: MachineState): MachineState {
  const { engine, memory, console, intc, timer, linker, power } = machine;
  return {
    position: machine.position,
    cpu: engine.saveState().slice(),
    slice: engine.slice.save(),
    ram: captureRam(memory.ram, engine.touchedPages(), since?.ram),
    consoleLength: console.length,
    intc: intc.save(),
    timer: timer.save(),
    linker: linker.save(),
    lastWord: power.lastWord,
    loop,
  };
}

/**
 * All but the run loop, which is the machine's own.
 *
 * @param code pages of RAM that hold code in that state; undefined: not known
 */
export function putState(
  machine: Machine,
  state: MachineState,
  code: ReadonlySet<number> | undefined,
): void {
  const { engine, memory, console, intc, timer, linker, power } = machine;
  const touched = engine.touchedPages();
  const changed = restoreRam(memory.ram, touched, state.ram);
  engine.restoreState(state.cpu, code === undefined ? 'all' : staleCode(touched, changed, code));
  engine.slice.restore(state.slice);
  console.truncate(state.consoleLength);
  intc.restore(state.intc);
  timer.restore(state.timer);
  linker.restore(state.linker);
  power.lastWord = state.lastWord;
}

/**
 * The pages whose translations are not to be kept.  Those of a page that is code in
 * the restored state, and whose bytes are the same before and after, are right.
 * All other pages lose theirs, changed or not: what is no code in that state may be
 * written by stores which libunicorn does not recognise as changing code.
 */
function staleCode(
  touched: Uint8Array,
  changed: ReadonlySet<number>,
  code: ReadonlySet<number>,
): readonly PageRun[] {
  const runs: { first: number; end: number }[] = [];
  for (let page = 0; page < touched.length; page++) {
    if (touched[page] === 0 || (code.has(page) && !changed.has(page))) continue;
    const last = runs.at(-1);
    if (last?.end === page) last.end++;
    else runs.push({ first: page, end: page + 1 });
  }
  return runs;
}
