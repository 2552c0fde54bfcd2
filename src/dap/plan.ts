// What the guest is asked to do in one launch: load the module, make the calls,
// unload it.  Each begins when the one before is done.

import type { Debugger, DebugRequest, Outcome } from '../debug/model.ts';
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

export class Plan {
  readonly #debugger: Debugger;
  #steps: readonly Step[];
  /** The name that the module was loaded under. */
  #module: string | undefined;

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
    const [step, ...others] = this.#steps;
    this.#steps = others;
    if (step === undefined) return false;
    if (step !== 'unload') return this.#debugger.begin(step) ?? true;
    if (this.#module === undefined) return false;
    return this.#debugger.begin({ kind: 'unload', module: this.#module }) ?? true;
  }

  /** What came of a step.  A module that did not load is the end of the plan. */
  settle(outcome: Outcome): Verdict {
    if (outcome.kind === 'load') {
      if (outcome.result.ok) this.#module = outcome.result.module.name;
      else this.abandon();
    }
    return verdictOn(outcome);
  }

  abandon(): void {
    this.#steps = [];
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
