// Running backwards.  Nothing runs backwards: one goes back to a snapshot, runs
// forward, and keeps the last thing of interest that comes before now.

import type { Addr } from '../base/address.ts';
import type { Position } from '../machine/stop.ts';
import type { Looking } from './looking.ts';
import type { DebugStop } from './model.ts';
import { compare, isBefore } from './position.ts';
import { BLOCK, type Cause, type Passed, type Runner } from './runner.ts';

/** An instruction of the past: where it stood before it was executed. */
interface Footprint {
  readonly position: Position;
  readonly sp: Addr;
}

/** How far a trail goes back at first, in virtual nanoseconds; it doubles at need. */
const WINDOW = 2048;
const WIDEST_WINDOW = 4_000_000;
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
    const home = this.#look.functionAt(this.#runner.pc);
    const start = this.#look.lineAt(this.#runner.pc);
    let reached = start;
    // Mid-line: first to the start of this line, as gdb does.
    let moved = false;
    for (;;) {
      const before = this.#runner.timeline.position;
      const target = over ? await this.#previousOver() : this.#previous();
      if (target === undefined) {
        this.#toBegin();
        return BEGIN;
      }
      const { pc } = target.position;
      const line = this.#look.lineAt(pc);
      const here = this.#look.functionAt(pc);
      const same =
        line !== undefined &&
        line.file === reached?.file &&
        line.line === reached.line &&
        here?.entry === home?.entry;
      if (moved && !same) {
        // `before` was the start of the line that we came into.
        this.#runner.seek(before);
        return undefined;
      }
      this.#runner.seek(target.position);
      if (same) moved = moved || this.#startsLine(before.pc) === false;
      else if (line !== undefined) {
        reached = line;
        moved = true;
      }
      if (moved && (await this.#isFirst(target, reached, over))) return undefined;
    }
  }

  /** Whether an address is where a line begins. */
  #startsLine(pc: Addr): boolean {
    return this.#look.lineAt(pc)?.low === pc;
  }

  /** Whether nothing of the line came before the footprint: it begins there. */
  async #isFirst(
    target: Footprint,
    line: ReturnType<Looking['lineAt']>,
    over: boolean,
  ): Promise<boolean> {
    const { pc } = target.position;
    if (line === undefined || this.#look.lineAt(pc)?.low !== pc) return false;
    // A line may have a second beginning behind a call that it makes.
    const before = over ? await this.#previousOver() : this.#previous();
    this.#runner.seek(target.position);
    if (before === undefined) return true;
    const earlier = this.#look.lineAt(before.position.pc);
    return earlier === undefined || earlier.line !== line.line || earlier.file !== line.file;
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
    const { begin } = this.#runner.timeline;
    const from = position.now - window;
    const start = from <= begin.now ? begin : { now: from, entries: 0, pc: zero };
    return this.#walk(start, position);
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
    const replaying = timeline.replaying;
    timeline.replaying = true;
    try {
      timeline.seek(from);
      timeline.note();
      while (isBefore(timeline.position, to)) {
        const print = { position: timeline.position, sp: this.#runner.sp };
        timeline.step();
        if (compare(timeline.position, print.position) !== 0) trail.push(print);
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
    const { timeline } = this.#runner;
    if (ranges === undefined) return undefined;
    const isIn = ({ position, sp: its }: Footprint): boolean =>
      its >= sp && ranges.some(({ low, high }) => position.pc >= low && position.pc < high);
    return await this.lastOf((limit) => {
      let last: Position | undefined;
      const traps = ranges.map(({ low, high }) =>
        timeline.kernel.machine.engine.trapCode(low, (high - 1n) as Addr, () => {
          if (this.#runner.sp >= sp) {
            const { accessPosition } = timeline.kernel.machine;
            if (isBefore(accessPosition, limit)) last = accessPosition;
          }
          return false;
        }),
      );
      try {
        timeline.replay(limit);
        // The end of a replay is stepped, and steps pass traps over.
        return this.#lately(limit, BLOCK).findLast(isIn)?.position ?? last;
      } finally {
        for (const trap of traps) trap.remove();
      }
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

const zero = 0n as Addr;
