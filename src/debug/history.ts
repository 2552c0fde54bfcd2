// Running backwards.  Nothing runs backwards: one goes back to a snapshot, runs
// forward, and keeps the last thing of interest that comes before now.

import type { Addr } from '../base/address.ts';
import type { Position } from '../machine/stop.ts';
import { type Footprint, lineStart } from './footprints.ts';
import type { Looking } from './looking.ts';
import type { DebugStop } from './model.ts';
import { compare, isBefore } from './position.ts';
import { BLOCK, type Cause, type Passed, type Runner } from './runner.ts';

/** How far a trail goes back at first, in virtual nanoseconds; it doubles at need. */
const WINDOW = 2048;
const WIDEST_WINDOW = 4_000_000;
/** More stack than arguments of a call take. */
const SLACK = 256n;
/** More than a thread has. */
const STACK = 1n << 14n;
const DONE: Cause = { reason: 'step' };
const BEGIN: Cause = { reason: 'history-begin' };

export class History {
  readonly #runner: Runner;
  readonly #look: Looking;
  /** The instructions before a position, oldest first, that were found last. */
  #trail: readonly Footprint[] = [];
  #trailEnd: Position | undefined;

  constructor(runner: Runner, look: Looking) {
    this.#runner = runner;
    this.#look = look;
  }

  /** To the last breakpoint, access or event before now. */
  async continue(): Promise<DebugStop> {
    const passed = await this.#last(() => undefined);
    if (passed === 'interrupted') return this.#runner.stop(this.#runner.takeInterrupt());
    return passed === undefined ? this.#toBegin() : this.#arrive(passed.position, passed.cause);
  }

  async instructions(count: number, over: boolean): Promise<DebugStop> {
    for (let i = 0; i < count; i++) {
      const target = over ? await this.#previousOver() : this.#previous();
      if (target === undefined) return this.#toBegin();
      this.#runner.seek(target.position);
    }
    return this.#runner.stop(DONE);
  }

  /** To the start of the line before; with `over`, calls are passed as one. */
  async lines(count: number, over: boolean): Promise<DebugStop> {
    for (let i = 0; i < count; i++) {
      const cause = await this.#line(over);
      if (cause !== undefined) return this.#runner.stop(cause);
    }
    return this.#runner.stop(DONE);
  }

  /** To the call of the frame that the CPU is in. */
  async finish(frame: number): Promise<DebugStop> {
    const caller = this.#look.callerOf(frame);
    if (caller === undefined) return this.#toBegin();
    const call = await this.#lastIn(caller.returnsTo, caller.cfa);
    return call === undefined ? this.#toBegin() : this.#arrive(call, DONE);
  }

  /** To the last time before now that an address was executed. */
  async until(address: Addr): Promise<DebugStop> {
    const { traps } = this.#runner;
    traps.acquire(address);
    try {
      const passed = await this.#last(() => (this.#runner.pc === address ? DONE : undefined));
      if (passed === 'interrupted') return this.#runner.stop(this.#runner.takeInterrupt());
      return passed === undefined ? this.#toBegin() : this.#arrive(passed.position, passed.cause);
    } finally {
      traps.release(address);
    }
  }

  /** The last moment that `passed` answers something for; nothing else counts. */
  async lastOf(collect: (limit: Position) => Position | undefined): Promise<Position | undefined> {
    let limit = this.#runner.timeline.position;
    const now = limit;
    for (const snapshot of this.#runner.timeline.snapshotsBefore(limit)) {
      this.#runner.seek(snapshot);
      const found = collect(limit);
      if (found !== undefined) return found;
      limit = snapshot;
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#runner.seek(now);
    return undefined;
  }

  async #line(over: boolean): Promise<Cause | undefined> {
    const target = over ? await this.#lineOver() : this.#lineInto();
    if (target !== undefined) this.#runner.seek(target);
    else this.#toBegin();
    return target === undefined ? BEGIN : undefined;
  }

  /** The start of a line in this activation of the function; before its first, in its caller. */
  async #lineOver(): Promise<Position | undefined> {
    const { pc, sp } = this.#runner;
    const home = this.#look.functionAt(pc);
    const caller = this.#look.callerOf(0);
    if (home === undefined) return this.#previous()?.position;
    const low = sp - SLACK;
    const isHere = ({ sp: its }: Footprint): boolean =>
      its >= low && (caller === undefined || its <= caller.cfa);
    const now = this.#runner.timeline.position;
    const { begin } = this.#runner.timeline;
    for (let window = BLOCK; ; window *= 16) {
      const all = this.#inRanges(home.ranges, now, window).filter(isHere);
      const entered = all.findLastIndex(({ position }) => position.pc === home.entry);
      const prints = all.slice(Math.max(0, entered));
      const start = lineStart(prints, pc, this.#look);
      const isWhole = start !== undefined && (start > 0 || entered >= 0);
      if (isWhole) return prints[start]?.position;
      const isAll = now.now - window <= begin.now;
      if (entered >= 0 || pc === home.entry) return await this.#lineOfCall(caller);
      if (isAll) return start === undefined ? undefined : prints[start]?.position;
    }
  }

  /** The start of the line in which this function was called. */
  async #lineOfCall(caller: ReturnType<Looking['callerOf']>): Promise<Position | undefined> {
    const call = caller && (await this.#lastIn(caller.returnsTo, caller.cfa));
    if (call === undefined) return this.#previous()?.position;
    this.#runner.seek(call);
    const isStart = this.#look.lineAt(call.pc)?.low === call.pc;
    return isStart ? call : ((await this.#lineOver()) ?? call);
  }

  /** The start of the line before, in whatever function of this thread. */
  #lineInto(): Position | undefined {
    const { pc, sp, timeline } = this.#runner;
    const now = timeline.position;
    for (let window = BLOCK; ; window *= 8) {
      const trail = this.#lately(now, window).filter(
        (print) => print.aside !== true && print.sp > sp - STACK && print.sp < sp + STACK,
      );
      const start = lineStart(trail, pc, this.#look);
      const isAll = now.now - window <= timeline.begin.now || window > WIDEST_WINDOW;
      if (start !== undefined && (start > 0 || isAll)) return trail[start]?.position;
      if (isAll) return undefined;
    }
  }

  /** The instructions in some ranges, of the last `window` nanoseconds before a position. */
  #inRanges(ranges: Ranges, to: Position, window: number): readonly Footprint[] {
    const { timeline } = this.#runner;
    const prints: Footprint[] = [];
    timeline.seek(this.#before(to, window));
    this.#sweep(ranges, to, (print) => prints.push(print));
    return prints;
  }

  /** Runs to a position, and tells of each instruction in the ranges on the way. */
  #sweep(ranges: Ranges, to: Position, visit: (print: Footprint) => void): void {
    const { timeline } = this.#runner;
    const { machine } = timeline.kernel;
    const traps = ranges.map(({ low, high }) =>
      machine.engine.trapCode(low, (high - 1n) as Addr, () => {
        const position = machine.accessPosition;
        if (isBefore(position, to)) visit({ position, sp: this.#runner.sp });
        return false;
      }),
    );
    const isIn = (pc: Addr): boolean => ranges.some(({ low, high }) => pc >= low && pc < high);
    try {
      timeline.replay(to, (position) => {
        // The end of a replay is stepped, and steps pass traps over.
        if (isIn(position.pc)) visit({ position, sp: this.#runner.sp });
      });
    } finally {
      for (const trap of traps) trap.remove();
    }
  }

  /** The instruction before this one. */
  #previous(): Footprint | undefined {
    return this.#trailTo(this.#runner.timeline.position).at(-1);
  }

  /** The same, but a function that has just returned is passed as one: to its call. */
  async #previousOver(): Promise<Footprint | undefined> {
    const sp = this.#runner.sp;
    const home = this.#look.functionAt(this.#runner.pc);
    const trail = this.#trailTo(this.#runner.timeline.position);
    const last = trail.at(-1);
    // At its entry a function was called: before that is the call.
    if (last === undefined || home === undefined || home.entry === this.#runner.pc) return last;
    // Not by the stack: ARM's functions return with their caller's stack pointer.
    const isHome = ({ position }: Footprint): boolean =>
      this.#look.functionAt(position.pc)?.entry === home.entry;
    if (isHome(last)) return last;
    const near = trail.findLast(isHome);
    if (near !== undefined) return near;
    const call = await this.#lastIn(this.#runner.pc, sp, home.ranges);
    return call === undefined ? last : { position: call, sp };
  }

  /**
   * The instructions before a position, oldest first, at least one if there is one.
   * The guest is at the position again afterwards.
   */
  #trailTo(position: Position): readonly Footprint[] {
    const known = this.#cut(position);
    if (known !== undefined) return known;
    const { timeline } = this.#runner;
    const { begin } = timeline;
    for (let window = WINDOW; ; window *= 8) {
      const trail = this.#lately(position, window);
      this.#trail = trail;
      this.#trailEnd = position;
      if (trail.length > 0 || position.now - window <= begin.now) return trail;
      if (window > WIDEST_WINDOW) return this.#walk(begin, position);
    }
  }

  /** The instructions of the last `window` nanoseconds before a position. */
  #lately(position: Position, window: number): readonly Footprint[] {
    return this.#walk(this.#before(position, window), position);
  }

  #before(position: Position, window: number): Position {
    const { begin } = this.#runner.timeline;
    const from = position.now - window;
    return from <= begin.now ? begin : { now: from, entries: 0, pc: zero };
  }

  /** What is known of an earlier trail, if it leads to the position. */
  #cut(position: Position): readonly Footprint[] | undefined {
    if (this.#trailEnd === undefined || compare(position, this.#trailEnd) > 0) return undefined;
    const end = this.#trail.findIndex((each) => compare(each.position, position) >= 0);
    const trail = end < 0 ? this.#trail : this.#trail.slice(0, end);
    const isOn =
      end < 0
        ? compare(position, this.#trailEnd) === 0
        : compare(this.#trail[end]?.position ?? position, position) === 0;
    return isOn && trail.length > 0 ? trail : undefined;
  }

  #walk(from: Position, to: Position): readonly Footprint[] {
    const { timeline } = this.#runner;
    const trail: Footprint[] = [];
    /** Where the interrupt came that is being served. */
    let aside: { readonly pc: Addr; readonly sp: Addr } | undefined;
    const replaying = timeline.replaying;
    timeline.replaying = true;
    try {
      timeline.seek(from);
      timeline.note();
      while (isBefore(timeline.position, to)) {
        const { position } = timeline;
        const { sp, interrupts } = this.#runner;
        if (aside?.pc === position.pc && aside.sp === sp) aside = undefined;
        const deeds = timeline.deeds.length;
        timeline.step();
        // What the host does is no instruction, even if it moves the PC.
        const isDeed = timeline.deeds.length !== deeds;
        if (isDeed || compare(timeline.position, position) === 0) continue;
        const interrupted = this.#runner.interrupts !== interrupts;
        trail.push({ position, sp, aside: aside !== undefined || interrupted });
        if (interrupted) aside ??= { pc: position.pc, sp };
      }
      timeline.replay(to);
    } finally {
      timeline.replaying = replaying;
    }
    return trail;
  }

  /** The last stop before now. */
  async #last(at: () => Cause | undefined): Promise<Passed | 'interrupted' | undefined> {
    const { timeline } = this.#runner;
    const now = timeline.position;
    let limit = now;
    for (const snapshot of timeline.snapshotsBefore(now)) {
      this.#runner.seek(snapshot);
      const passed = this.#runner.scan(limit, at);
      if (passed !== undefined) return passed;
      limit = snapshot;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#runner.interrupted) {
        this.#runner.seek(now);
        return 'interrupted';
      }
    }
    return undefined;
  }

  /**
   * The last instruction before now that was executed in a caller: in the function
   * around `pc`, with at least as much stack free as at `sp`.
   */
  async #lastIn(
    pc: Addr,
    sp: Addr,
    ranges = this.#look.functionAt(pc)?.ranges,
  ): Promise<Position | undefined> {
    if (ranges === undefined) return undefined;
    return await this.lastOf((limit) => {
      let last: Position | undefined;
      this.#sweep(ranges, limit, (print) => {
        if (print.sp >= sp) last = print.position;
      });
      return last;
    });
  }

  #arrive(position: Position, cause: Cause): DebugStop {
    this.#runner.seek(position);
    return this.#runner.stop(cause);
  }

  #toBegin(): DebugStop {
    return this.#arrive(this.#runner.timeline.begin, BEGIN);
  }
}

type Ranges = readonly { readonly low: Addr; readonly high: Addr }[];

const zero = 0n as Addr;
