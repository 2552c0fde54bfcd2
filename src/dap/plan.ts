// What the guest is asked to do in one launch: load the module, make the calls,
// unload it.  Each begins when the one before is done.

import type { Debugger, DebugRequest, DebugStop, Outcome } from '../debug/model.ts';
import { isBefore } from '../debug/position.ts';
import { describeOops } from '../kernel/oops.ts';
import { describeDeath, describeFailure } from '../kernel/results.ts';
import type { LaunchOptions, Opened } from './launch.ts';

/** What an outcome means to the user. */
export interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

/** 'unload': whatever name it was loaded under. */
type Step = DebugRequest | 'unload';

type Done = Extract<DebugStop, { reason: 'done' }>;

export class Plan {
  readonly #debugger: Debugger;
  readonly #steps: readonly Step[];
  /** When each step was done.  A run that goes back in time does steps again. */
  #done: Done['position'][] = [];
  /** The name that the module was loaded under. */
  #module: string | undefined;
  #abandoned = false;

  constructor({ debugger: target, file, calls }: Opened, { unload }: LaunchOptions) {
    this.#debugger = target;
    this.#steps = [
      { kind: 'load', file },
      ...calls.map(({ symbol, words }) => ({ kind: 'call', symbol, words }) as const),
      ...(unload ? (['unload'] as const) : []),
    ];
  }

  /** Begins what comes next; answers false when nothing does, or what is wrong. */
  begin(): boolean | string {
    const step = this.#steps[this.#done.length];
    if (step === undefined || this.#abandoned) return false;
    if (step !== 'unload') return this.#debugger.begin(step) ?? true;
    if (this.#module === undefined) return false;
    return this.#debugger.begin({ kind: 'unload', module: this.#module }) ?? true;
  }

  /** What came of a step.  A module that did not load is the end of the plan. */
  settle({ position, outcome }: Done): Verdict {
    this.#done = [...this.#done.filter((each) => isBefore(each, position)), position];
    if (outcome.kind === 'load') {
      const { result } = outcome;
      this.#abandoned = !result.ok;
      // Linux: with an init and without an exit it stays for ever.
      this.#module = result.ok && !result.module.isPermanent ? result.module.name : undefined;
    }
    return verdictOn(outcome);
  }

  /** Nothing more is begun. */
  abandon(): void {
    this.#abandoned = true;
  }
}

function verdictOn(outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'load':
      return outcome.result.ok
        ? { ok: true, text: `${outcome.result.module.name} is loaded` }
        : { ok: false, text: `${outcome.file}: ${describeFailure(outcome.result.failure)}` };
    case 'unload':
      return unloadVerdict(outcome);
    case 'call':
      return callVerdict(outcome);
  }
}

function unloadVerdict({ module, result }: Extract<Outcome, { kind: 'unload' }>): Verdict {
  if (!result.ok)
    return { ok: false, text: `${module} cannot be unloaded: ${describeFailure(result.failure)}` };
  const { blocks, bytes } = result.leaks;
  if (blocks === 0) return { ok: true, text: `${module} is unloaded` };
  return { ok: false, text: `${module} is unloaded; it leaked ${bytes} bytes in ${blocks} blocks` };
}

function callVerdict({ symbol, result }: Extract<Outcome, { kind: 'call' }>): Verdict {
  switch (result.kind) {
    case 'returned':
      return { ok: true, text: `${symbol} returned 0x${result.value.toString(16)}` };
    case 'fault':
      return { ok: false, text: `${symbol}: ${describeOops(result.oops)}` };
    case 'refused':
      return { ok: false, text: `${symbol}: ${result.reason}` };
    case 'died':
      return { ok: false, text: `${symbol}: ${describeDeath(result.death)}` };
  }
}
