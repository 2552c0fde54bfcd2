// The guest as a program with a beginning and an end, which is what clients of the
// protocol debug: a module is loaded, what the client asks for is done, modules are
// unloaded, and it has exited; or a signal has ended it, for a fault is never a success.

import type { Debugger, DebugStop, Outcome, Resume, ResumeOptions } from '../debug/model.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { Oops } from '../kernel/oops.ts';
import { describeDeath, describeFailure } from '../kernel/results.ts';

/** Where the guest stands when a client comes. */
export type StopAt =
  /** Booted; the module's load is asked for and has not begun. */
  | 'boot'
  /** At the module's first instruction. */
  | 'entry'
  /** Loaded. */
  | 'none';

/** How the program ended; signals are numbered as gdb does. */
export type Ending =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'signalled'; readonly signal: number };

/** Whole lines for people, and pieces of them. */
export type Say = (text: string) => void;

export type ProgramStop =
  | { readonly kind: 'stopped'; readonly stop: DebugStop }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** Stops behind which nothing is left to do. */
const AT_REST: ReadonlySet<DebugStop['reason']> = new Set(['done', 'dead', 'idle']);
const SIGNAL = { trap: 5, abort: 6, alarm: 14 } as const;

export class Program {
  readonly debugger: Debugger;
  /** Told what the guest's console and we have to say, while the guest runs. */
  onSay: Say;
  readonly #stopAt: StopAt;
  /** A request was made and the guest has not run since. */
  #begun = false;
  #unloading = false;
  #failure: Ending | undefined;
  #ended: Ending | undefined;

  constructor(debugger_: Debugger, stopAt: StopAt, say: Say) {
    this.debugger = debugger_;
    this.onSay = say;
    this.#stopAt = stopAt;
    debugger_.onOutput = (_kind, text) => this.onSay(text);
    debugger_.catch({ exceptions: true, entry: stopAt === 'entry', modules: false });
  }

  /** Loads what is to be debugged, as far as `stopAt` says. */
  async start(file: ObjectFile): Promise<void> {
    const problem = this.begin({ kind: 'load', file });
    if (problem !== undefined) throw new Error(`bug in modbox: ${problem}`);
    if (this.#stopAt !== 'boot') await this.resume({ kind: 'continue' });
  }

  /** How it ended; undefined: it has not. */
  get ended(): Ending | undefined {
    return this.#ended;
  }

  /** Whether the guest has something to do. */
  get busy(): boolean {
    const reason = this.debugger.stop?.reason;
    return this.#begun || (reason !== undefined && !AT_REST.has(reason));
  }

  /** Gives the guest something to do; answers what is wrong. */
  begin(request: Parameters<Debugger['begin']>[0]): string | undefined {
    const problem = this.debugger.begin(request);
    this.#begun ||= problem === undefined;
    return problem;
  }

  /** Runs to the next stop, or to the end if nothing is left to do. */
  async resume(how: Resume, options?: ResumeOptions): Promise<ProgramStop> {
    if (this.#ended !== undefined) return { kind: 'ended', ending: this.#ended };
    if (options?.reverse === true) {
      this.#failure = undefined;
      this.#unloading = false;
    } else if (!this.busy) {
      const ending = this.#next();
      if (ending !== undefined) return this.#end(ending);
    }
    this.#begun = false;
    const stop = await this.debugger.resume(how, options);
    return this.#stopped(stop);
  }

  async #stopped(stop: DebugStop): Promise<ProgramStop> {
    if (stop.reason === 'dead') {
      this.#failure = { kind: 'signalled', signal: SIGNAL.abort };
      this.say(describeDeath(stop.death));
    }
    if (stop.reason !== 'done') return { kind: 'stopped', stop };
    const { text, failure } = describe(stop.outcome);
    this.#failure ??= failure;
    this.say(text);
    if (!this.#unloading) return { kind: 'stopped', stop };
    const ending = this.#next();
    return ending === undefined ? this.resume({ kind: 'continue' }) : this.#end(ending);
  }

  /** Says a sentence. */
  say(text: string): void {
    this.onSay(`modbox: ${text}\n`);
  }

  /** Nothing is left to do: unload the last module, or end. */
  #next(): Ending | undefined {
    const module = this.debugger.kernel.modules.at(-1);
    if (this.#failure !== undefined) return this.#failure;
    if (module === undefined) return { kind: 'exited', status: 0 };
    this.#unloading = true;
    const problem = this.begin({ kind: 'unload', module: module.name });
    return problem === undefined ? undefined : { kind: 'exited', status: 1 };
  }

  #end(ending: Ending): ProgramStop {
    this.#ended = ending;
    return { kind: 'ended', ending };
  }
}

function describe(outcome: Outcome): { text: string; failure: Ending | undefined } {
  const more = 'the guest is idle; continue unloads and ends, "monitor help" has more';
  switch (outcome.kind) {
    case 'load': {
      const { result, file } = outcome;
      if (result.ok)
        return { text: `${result.module.name} is loaded; ${more}`, failure: undefined };
      const { failure } = result;
      return { text: `${file}: ${describeFailure(failure)}`, failure: endingOf(failure.oops) };
    }
    case 'unload': {
      const { result, module } = outcome;
      if (!result.ok)
        return {
          text: `${module}: ${describeFailure(result.failure)}`,
          failure: endingOf(result.failure.oops),
        };
      const { blocks, bytes } = result.leaks;
      const leak = blocks === 0 ? '' : `; it leaked ${blocks} blocks, ${bytes} bytes`;
      return { text: `${module} is unloaded${leak}`, failure: undefined };
    }
    case 'call':
      return describeCall(outcome);
  }
}

function describeCall({ symbol, result }: Extract<Outcome, { kind: 'call' }>): {
  text: string;
  failure: Ending | undefined;
} {
  switch (result.kind) {
    case 'returned': {
      const value = `${result.wide} (0x${result.wide.toString(16)})`;
      return { text: `${symbol} returned ${value}`, failure: undefined };
    }
    case 'refused':
      return { text: `${symbol}: ${result.reason}`, failure: { kind: 'exited', status: 1 } };
    case 'fault':
      return { text: `${symbol} faulted`, failure: endingOf(result.oops) };
    case 'died':
      return { text: `${symbol}: ${describeDeath(result.death)}`, failure: endingOf(undefined) };
  }
}

const signals: Readonly<Record<Oops['kind'], number>> = {
  'page-fault': 11,
  'missing-symbol': 11,
  heap: 11,
  freed: 11,
  protection: 11,
  undefined: 4,
  divide: 8,
  breakpoint: SIGNAL.trap,
  svc: 12,
  alignment: 10,
  watchdog: SIGNAL.alarm,
  panic: SIGNAL.abort,
  other: SIGNAL.abort,
};

function endingOf(oops: Oops | undefined): Ending {
  if (oops === undefined) return { kind: 'exited', status: 1 };
  return { kind: 'signalled', signal: signals[oops.kind] };
}
