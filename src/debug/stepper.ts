// Stepping forward, by instructions and by source lines.  Interrupts that come
// between are let run: a step is a step of the code that is looked at.

import { type Addr, plus } from '../base/address.ts';
import type { Looking } from './looking.ts';
import type { DebugStop } from './model.ts';
import type { Cause, Runner } from './runner.ts';

/** Instructions between two looks whether somebody interrupts. */
const PATIENCE = 20_000;
const DONE: Cause = { reason: 'step' };

export class Stepper {
  readonly #runner: Runner;
  readonly #look: Looking;

  constructor(runner: Runner, look: Looking) {
    this.#runner = runner;
    this.#look = look;
  }

  /** Instructions; with `over`, a call and all that it calls are one. */
  async instructions(count: number, over: boolean): Promise<DebugStop> {
    for (let i = 0; i < count; i++) {
      const cause = over ? await this.#stepOver() : await this.#step();
      if (cause !== undefined) return this.#runner.stop(cause);
      if (i % PATIENCE === PATIENCE - 1 && (await this.#interrupted()))
        return this.#runner.stop(this.#runner.takeInterrupt());
    }
    return this.#runner.stop(DONE);
  }

  /** To the start of another source line. */
  async lines(count: number, over: boolean): Promise<DebugStop> {
    for (let i = 0; i < count; i++) {
      const cause = await this.#line(over);
      if (cause !== undefined) return this.#runner.stop(cause);
    }
    return this.#runner.stop(DONE);
  }

  /** To behind the call of a frame. */
  async finish(frame: number): Promise<DebugStop> {
    const caller = this.#look.callerOf(frame);
    if (caller === undefined) return this.#runner.stop(DONE);
    const leaving = this.#look.functionAt(this.#runner.pc);
    const cause = await this.#runTo(caller.returnsTo, caller.cfa);
    if (cause !== undefined) return this.#runner.stop(cause);
    const text = frame === 0 && leaving !== undefined && this.#look.returned?.(leaving.entry);
    if (!text) return this.#runner.stop(DONE);
    return this.#runner.stop({ reason: 'step', returned: { function: leaving.name, text } });
  }

  /** To an address in this frame, or to where it returns. */
  async until(address: Addr): Promise<DebugStop> {
    const caller = this.#look.callerOf(0);
    const runner = this.#runner;
    runner.traps.acquire(address);
    if (caller !== undefined) runner.traps.acquire(caller.returnsTo);
    try {
      return await runner.run(() => {
        if (runner.pc === address) return DONE;
        const back = caller !== undefined && runner.pc === caller.returnsTo;
        return back && runner.sp >= caller.cfa ? DONE : undefined;
      });
    } finally {
      runner.traps.release(address);
      if (caller !== undefined) runner.traps.release(caller.returnsTo);
    }
  }

  /** One instruction of this code: an interrupt before it is let run. */
  async #step(): Promise<Cause | undefined> {
    const runner = this.#runner;
    const { pc, sp } = runner;
    const interrupts = runner.interrupts;
    const cause = runner.stepOnce();
    if (cause !== undefined || runner.interrupts === interrupts) return cause;
    const back = await this.#runTo(pc, sp);
    return back ?? runner.stepOnce();
  }

  async #stepOver(): Promise<Cause | undefined> {
    const { pc, sp } = this.#runner;
    const cause = await this.#step();
    if (cause !== undefined) return cause;
    const behind = this.#runner.calledFrom(pc, sp);
    return behind === undefined ? undefined : await this.#runTo(behind, sp);
  }

  /** Runs until the address is reached with at most as much stack as at `sp`. */
  async #runTo(address: Addr, sp: Addr): Promise<Cause | undefined> {
    const runner = this.#runner;
    let reached = false;
    runner.traps.acquire(address);
    try {
      const stop = await runner.run(() => {
        reached = runner.pc === address && runner.sp >= sp;
        return reached ? DONE : undefined;
      });
      return reached ? undefined : stop;
    } finally {
      runner.traps.release(address);
    }
  }

  async #line(over: boolean): Promise<Cause | undefined> {
    const runner = this.#runner;
    let start = this.#look.lineAt(runner.pc);
    // Without lines there is nothing to step by: out of this function.
    if (start === undefined) return await this.#out();
    let home = this.#look.functionAt(runner.pc);
    let row = start;
    for (let i = 1; ; i++) {
      if (i % PATIENCE === 0 && (await this.#interrupted())) return runner.takeInterrupt();
      const { pc, sp } = runner;
      const cause = await this.#step();
      if (cause !== undefined) return cause;
      const now = runner.pc;
      if (now >= row.low && now < row.high && now !== row.low) continue;
      const behind = runner.calledFrom(pc, sp);
      if (behind !== undefined) {
        const entered = over ? undefined : await this.#into();
        if (entered === 'arrived') return undefined;
        if (typeof entered === 'object') return entered;
        const returned = await this.#runTo(behind, sp);
        if (returned !== undefined) return returned;
      }
      const line = this.#look.lineAt(runner.pc);
      const here = this.#look.functionAt(runner.pc);
      if (line === undefined) {
        const cause = await this.#out();
        if (cause !== undefined) return cause;
        continue;
      }
      if (here?.entry !== home?.entry) {
        // Back in the caller, in the middle of a line: on to the next statement.
        if (runner.pc === line.low && line.isStatement) return undefined;
        start = line;
        home = here;
        row = line;
        continue;
      }
      const same = line.file === start.file && line.line === start.line;
      if (runner.pc === line.low && line.isStatement && line.line !== 0 && !same) return undefined;
      row = line;
    }
  }

  /** A function was entered: to the end of its prologue, if it has lines. */
  async #into(): Promise<'arrived' | Cause | undefined> {
    const runner = this.#runner;
    const entered = this.#look.functionAt(runner.pc);
    if (entered?.prologueEnd === undefined || this.#look.lineAt(runner.pc) === undefined)
      return undefined;
    if (entered.prologueEnd === runner.pc) return 'arrived';
    return (await this.#runTo(entered.prologueEnd, plus(runner.sp, -STACK))) ?? 'arrived';
  }

  async #out(): Promise<Cause | undefined> {
    const caller = this.#look.callerOf(0);
    if (caller === undefined) return await this.#step();
    return await this.#runTo(caller.returnsTo, caller.cfa);
  }

  async #interrupted(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.#runner.interrupted;
  }
}

/** More stack than a prologue takes. */
const STACK = 1 << 20;
