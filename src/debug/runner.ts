// Running forward, and deciding where to stop: breakpoints with their conditions,
// accesses to watched bytes, exceptions, modules that come, requests that are done.

import { type Addr, formatAddr, plus } from '../base/address.ts';
import type { Trap } from '../engine/traps.ts';
import type { Machine } from '../machine/machine.ts';
import type { Position } from '../machine/stop.ts';
import { BreakpointTable } from './breakpoints.ts';
import { exceptionInfo } from './exception-info.ts';
import type { Looking } from './looking.ts';
import type { Breakpoint, BreakpointSpec, Catches, DebugStop, WatchHit } from './model.ts';
import { compare, isBefore } from './position.ts';
import type { Event, Timeline } from './timeline.ts';
import { TrapSet } from './trap-set.ts';
import { type Noted, WatchpointTable } from './watchpoints.ts';

/** Virtual nanoseconds between two looks whether somebody interrupts. */
const CHUNK = 16_000_000;
/** No block of code is larger. */
export const BLOCK = 8192;

type Where = Pick<DebugStop, 'position' | 'pc'>;
/** A stop without saying where. */
export type Cause = DebugStop extends infer S
  ? S extends DebugStop
    ? Omit<S, keyof Where>
    : never
  : never;

/** A stop that was passed while looking for the last one before now. */
export interface Passed {
  readonly position: Position;
  readonly cause: Cause;
}

export class Runner {
  readonly timeline: Timeline;
  readonly traps: TrapSet;
  readonly breakpoints: BreakpointTable;
  readonly watchpoints: WatchpointTable;
  catches: Catches = { exceptions: true, modules: false, entry: false };
  /** Told what breakpoints with a message say. */
  onLog: ((text: string) => void) | undefined;
  /** Told now and then while the guest runs. */
  onPause: (() => void) | undefined;
  interrupted = false;
  readonly #look: Looking;
  readonly #machine: Machine;
  /** Traps at all code of modules whose first instruction is waited for. */
  #entries: { readonly trap: Trap; readonly module: string }[] = [];
  #entered: string | undefined;
  #modules: Cause[] = [];

  constructor(timeline: Timeline, look: Looking) {
    this.timeline = timeline;
    this.#look = look;
    this.#machine = timeline.kernel.machine;
    const awake = (): boolean => !timeline.replaying;
    this.traps = new TrapSet(this.#machine.engine, awake);
    const { arch, memory } = this.#machine;
    this.breakpoints = new BreakpointTable(
      this.traps,
      (location) => look.resolve(location),
      (address) => arch.predication?.startOf(memory, address) ?? address,
    );
    this.watchpoints = new WatchpointTable(this.#machine, awake);
    this.#machine.engine.noteBlocks();
    this.#listen();
  }

  get pc(): Addr {
    return this.timeline.position.pc;
  }

  get sp(): Addr {
    return this.#machine.engine.read(this.#machine.arch.roles.sp) as Addr;
  }

  stop(cause: Cause): DebugStop {
    const position = this.timeline.position;
    return { ...cause, position, pc: position.pc };
  }

  /** Runs until there is something to stop for; `goal` is asked at each trap. */
  async run(goal: () => Cause | undefined = () => undefined): Promise<DebugStop> {
    if (this.traps.has(this.pc) && this.#machine.betweenBlocks) {
      // The trap here would be reached at once.
      const cause = this.stepOnce();
      if (cause !== undefined) return this.stop(cause);
    }
    for (;;) {
      const event = this.timeline.advance(this.#machine.now + CHUNK);
      const cause = this.#causeOf(event, goal);
      if (cause !== undefined) return this.stop(cause);
      if (event.kind !== 'paused') continue;
      this.onPause?.();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.interrupted) return this.stop(this.takeInterrupt());
    }
  }

  takeInterrupt(): Cause {
    this.interrupted = false;
    return { reason: 'interrupt' };
  }

  /** How many interrupts were entered so far. */
  get interrupts(): number {
    return this.#machine.interrupts;
  }

  /** Where the call at `pc`, which was just executed, returns to. */
  calledFrom(pc: Addr, sp: Addr): Addr | undefined {
    return this.#machine.arch.calledFrom(this.#machine.engine, this.#machine.memory, pc, sp);
  }

  /** Runs one instruction; answers what there is to stop for besides the step itself. */
  stepOnce(): Cause | undefined {
    const event = this.timeline.step();
    const watched = this.#watchedNow(this.watchpoints.take());
    if (watched !== undefined) return watched;
    const cause = event && this.#causeOf(event, () => undefined);
    return cause ?? this.#hitAt(this.pc);
  }

  /** Goes to a position and looks at everything again. */
  seek(position: Position): void {
    this.timeline.seek(position);
    this.moved();
  }

  /** Time was turned: modules may be other ones, and other memory mapped. */
  moved(): void {
    this.#dropEntries();
    this.#modules = [];
    this.watchpoints.take();
    this.#look.changed();
    this.breakpoints.update();
    this.watchpoints.update();
  }

  /**
   * Runs from here to a position that was passed before; answers the last stop on the
   * way that comes before it.  `at` is asked at each trap.
   */
  scan(limit: Position, at: () => Cause | undefined): Passed | undefined {
    let last: Passed | undefined;
    const pass = (position: Position, cause: Cause): void => {
      if (isBefore(position, limit)) last = { position, cause };
    };
    const look = (event: Event | undefined): void => {
      for (const noted of this.watchpoints.take()) {
        const cause = this.#watched([noted], false);
        if (cause !== undefined) pass(noted.position, cause);
      }
      for (const cause of this.#modules.splice(0)) pass(this.timeline.position, cause);
      if (event?.kind === 'exception' && this.catches.exceptions)
        pass(this.timeline.position, this.#exception(event));
      if (!this.traps.has(this.pc)) return;
      const cause = at() ?? this.#brokenAt(this.pc, false);
      if (cause !== undefined) pass(this.timeline.position, cause);
    };
    this.#traverse(limit, look);
    return last;
  }

  /** Runs from here to a position that was passed before; the last access on the way. */
  lastNoted(limit: Position, wanted: (noted: Noted) => boolean): Noted | undefined {
    let last: Noted | undefined;
    this.#traverse(limit, () => {
      for (const noted of this.watchpoints.take())
        if (isBefore(noted.position, limit) && wanted(noted)) last = noted;
    });
    return last;
  }

  /** Runs to a position that was passed before, and tells of every event on the way. */
  #traverse(limit: Position, look: (event: Event | undefined) => void): void {
    const pass = (event: Event | undefined): void => {
      this.timeline.mustReach(limit, event);
      look(event);
    };
    const near = limit.now - BLOCK;
    while (this.#machine.now < near) pass(this.timeline.advance(near));
    while (compare(this.timeline.position, limit) < 0) pass(this.timeline.step());
  }

  #listen(): void {
    const { kernel } = this.timeline;
    this.#machine.onException = () =>
      this.catches.exceptions && !this.timeline.replaying ? 'stop' : undefined;
    kernel.onLinked = (view) => {
      if (this.timeline.replaying) return;
      this.#look.changed();
      this.breakpoints.update();
      if (this.catches.modules)
        this.#modules.push({ reason: 'module', event: 'loaded', module: view.name });
      if (this.catches.entry && this.#isRequested(view.file)) this.#awaitEntry(view);
    };
    kernel.onClosed = (view, live) => {
      if (this.timeline.replaying || live) return;
      this.#look.changed();
      this.breakpoints.update();
      if (this.catches.modules)
        this.#modules.push({ reason: 'module', event: 'unloaded', module: view.name });
    };
  }

  #isRequested(file: string): boolean {
    const request = this.timeline.task?.request;
    return request?.kind === 'load' && request.file.name === file;
  }

  #awaitEntry(view: { name: string; segments: readonly Segment[] }): void {
    for (const { base, bytes, executable } of view.segments) {
      if (!executable || bytes === 0) continue;
      const trap = this.#machine.engine.trapCode(base, plus(base, bytes - 1), () => {
        if (this.timeline.replaying) return false;
        this.#entered = view.name;
        return true;
      });
      this.#entries.push({ trap, module: view.name });
    }
  }

  #dropEntries(): void {
    for (const { trap } of this.#entries) trap.remove();
    this.#entries = [];
    this.#entered = undefined;
  }

  /** What an event is to a user. */
  #causeOf(event: Event, goal: () => Cause | undefined): Cause | undefined {
    const watched = this.#watchedOnTheWay();
    if (watched !== undefined) return watched;
    switch (event.kind) {
      case 'trap':
        return this.#entry() ?? this.#hitAt(this.pc) ?? goal();
      case 'exception':
        return this.#exception(event);
      case 'done':
        this.#dropEntries();
        return { reason: 'done', outcome: event.outcome };
      case 'dead':
        return { reason: 'dead', death: event.death };
      case 'idle':
        return { reason: 'idle' };
      case 'served':
        return this.#modules.shift();
      default:
        return undefined;
    }
  }

  #entry(): Cause | undefined {
    const module = this.#entered;
    if (module === undefined) return undefined;
    this.#dropEntries();
    return { reason: 'entry', module };
  }

  #exception(event: Extract<Event, { kind: 'exception' }>): Cause {
    return { reason: 'exception', exception: exceptionInfo(this.#machine, event) };
  }

  /** Goes back to the first access of the block that just ran, and past it. */
  #watchedOnTheWay(): Cause | undefined {
    const [first] = this.watchpoints.take();
    if (first === undefined) return undefined;
    this.seek(first.position);
    this.timeline.step();
    return this.#watchedNow(this.watchpoints.take()) ?? this.#hitAt(this.pc);
  }

  /** undefined: none of them is to be stopped for. */
  #watched(noted: readonly Noted[], counting: boolean): Cause | undefined {
    const hits = noted.flatMap(({ id, access, position, old, new: now }): WatchHit[] => {
      if (counting && !this.watchpoints.hit(id)) return [];
      const watchpoint = this.watchpoints.get(id);
      if (watchpoint === undefined) return [];
      return [{ watchpoint, access, pc: position.pc, old, new: now }];
    });
    return hits.length === 0 ? undefined : { reason: 'watchpoint', hits };
  }

  /** Of accesses that were just made, those that somebody wants to stop for. */
  #watchedNow(noted: readonly Noted[]): Cause | undefined {
    const wanted = noted.filter(({ id }) => this.#holds(this.watchpoints.get(id)?.spec.condition));
    return this.#watched(wanted, true);
  }

  /** Breakpoints here that stop; hits are counted. */
  #hitAt(pc: Addr): Cause | undefined {
    return this.traps.has(pc) ? this.#brokenAt(pc, true) : undefined;
  }

  #brokenAt(pc: Addr, counting: boolean): Cause | undefined {
    const stopping: Breakpoint[] = [];
    for (const breakpoint of this.breakpoints.at(pc)) {
      const { condition, logMessage, temporary } = breakpoint.spec;
      if (!this.#holds(condition)) continue;
      if (counting && !this.breakpoints.hit(breakpoint.id)) continue;
      if (logMessage !== undefined) {
        if (counting) this.onLog?.(this.#fill(logMessage));
        continue;
      }
      stopping.push(this.breakpoints.get(breakpoint.id) ?? breakpoint);
      if (counting && temporary === true) this.breakpoints.remove(breakpoint.id);
    }
    return stopping.length === 0 ? undefined : { reason: 'breakpoint', breakpoints: stopping };
  }

  /** An expression that cannot be evaluated stops, as gdb does: somebody should look. */
  #holds(condition: BreakpointSpec['condition']): boolean {
    if (condition === undefined || condition.trim() === '') return true;
    const evaluated = this.#look.evaluate(`!!(${condition})`);
    return !evaluated.ok || evaluated.value.text !== '0';
  }

  /** Replaces {expression} by its value. */
  #fill(message: string): string {
    return message.replace(/\{([^{}]*)\}/g, (_all, expression: string) => {
      const evaluated = this.#look.evaluate(expression);
      return evaluated.ok ? evaluated.value.text : `<${evaluated.problem}>`;
    });
  }

  /** For messages: what stands at an address. */
  describe(address: Addr): string {
    const where = this.timeline.kernel.symbolise(address);
    return where.symbol === undefined
      ? formatAddr(address)
      : `${formatAddr(address)} <${where.symbol}>`;
  }
}

interface Segment {
  readonly base: Addr;
  readonly bytes: number;
  readonly executable: boolean;
}
