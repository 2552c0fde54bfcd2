// One case on a machine that has just gone back to its snapshot.  Nothing that the
// guest does ends more than the case.

import type { Module } from '../kernel/module.ts';
import type { Oops } from '../kernel/oops.ts';
import {
  type CallResult,
  describeDeath,
  describeFailure,
  type LoadFailure,
} from '../kernel/results.ts';
import { formatWhere } from '../kernel/symbols.ts';
import {
  compareFailure,
  compareFault,
  compareLeaks,
  compareLines,
  compareMemory,
  compareValue,
  type Difference,
  failureText,
  faultText,
  linesOf,
} from './compare.ts';
import type { Fixture } from './fixture.ts';
import type { FaultExpectation, Life, Step, TestCase } from './model.ts';
import type { CaseResult, Fault, Finding } from './results.ts';
import { Scope, ScopeProblem } from './scope.ts';

const uses = { call: 'calls', read: 'reads', write: 'writes' } as const;

/** Runs a case and says what came of it. */
export function runCase(fixture: Fixture, test: TestCase): CaseResult {
  return new CaseRun(fixture, test).result();
}

class CaseRun {
  readonly #fixture: Fixture;
  readonly #case: TestCase;
  readonly #findings: Finding[] = [];
  readonly #faults: Fault[] = [];
  /** What it reached that the guest kernel does not model. */
  #missing: string | undefined;
  /** Reports of oopses on the console that a result has answered for. */
  #answered = 0;

  constructor(fixture: Fixture, test: TestCase) {
    this.#fixture = fixture;
    this.#case = test;
  }

  result(): CaseResult {
    const { name, line, life } = this.#case;
    const start = this.#fixture.begin(life === undefined ? 'loaded' : 'prepared');
    const { kernel } = this.#fixture;
    const { console } = kernel.machine;
    const [begun, since] = [console.length, kernel.machine.now];
    let failed = '';
    if (!start.ok) {
      failed = start.failure.console;
      this.#failed(start.failure, undefined, `loading ${start.file}`);
    } else if (life === undefined) {
      this.#steps(start.module);
    } else {
      this.#live(life);
    }
    const printed = failed + console.textSince(begun);
    this.#readFindings();
    this.#readConsole(printed);
    const reason = this.#missing;
    return {
      name,
      line,
      verdict:
        reason !== undefined ? 'inconclusive' : this.#findings.length > 0 ? 'failed' : 'passed',
      reason,
      findings: this.#findings,
      faults: this.#faults,
      console: printed,
      ns: Math.round(kernel.machine.now - since),
    };
  }

  #live(life: Life): void {
    const { kernel, file } = this.#fixture;
    const result = kernel.load(file);
    if (!result.ok) {
      this.#failed(result.failure, life);
      return;
    }
    const { module } = result;
    if (life.failure !== undefined) {
      const wanted = failureText(life.failure);
      this.#find('init', { what: 'loaded', wanted });
      return;
    }
    this.#steps(module);
    if (kernel.death === undefined) this.#unload(module, life);
  }

  /** A permanent module stays, as it does in Linux. */
  #unload(module: Module, life: Life): void {
    if (module.isPermanent) return;
    const result = module.unload();
    if (!result.ok) {
      this.#failed(result.failure, life);
      return;
    }
    if (life.fault !== undefined)
      this.#find('exit', { what: 'no fault', wanted: faultText(life.fault) });
    this.#differ('exit', compareLeaks(result.leaks, life.leaks));
  }

  /** @param life undefined: whatever failed should not have */
  #failed(failure: LoadFailure, life: Life | undefined, about = stepOf(failure)): void {
    const { oops, death } = failure;
    if (oops !== undefined) {
      this.#oops(about, oops, life?.fault);
    } else if (life?.failure !== undefined && death === undefined) {
      const differences = compareFailure(failure, life.failure, this.#flavour(failure));
      for (const difference of differences) this.#differ(about, difference);
    } else {
      const wanted = life?.fault && faultText(life.fault);
      this.#find(about, { what: 'failed', wanted, found: describeFailure(failure) });
    }
    if (life !== undefined && death === undefined && ['init', 'fini'].includes(failure.stage))
      this.#differ(about, compareLeaks(failure.leaks, life.leaks));
  }

  /** A module that is gone again cannot be asked; only Linux's have this function. */
  #flavour({ reason }: LoadFailure): string {
    return reason.startsWith('init_module') ? 'linux' : 'netbsd';
  }

  #steps(module: Module | undefined): void {
    const scope = new Scope(this.#fixture.kernel, module);
    for (const step of this.#case.steps) if (!this.#step(step, scope)) return;
  }

  /** false: what comes after makes no sense. */
  #step(step: Step, scope: Scope): boolean {
    const about = step.call.text;
    try {
      const result = scope.call(step.call);
      if (result.kind !== 'returned') return this.#didNotReturn(step, result);
      const { value, wide } = result;
      const { returns: type } = step.call;
      if (step.fault !== undefined) {
        this.#find(about, { what: 'no fault', wanted: faultText(step.fault) }, step.line);
        return false;
      }
      if (step.let !== undefined) scope.define(step.let, value, type?.endsWith('64') === true);
      if (step.returns !== undefined)
        this.#differ(about, compareValue({ value, wide, type }, step.returns, scope), step.line);
      for (const each of step.memory)
        this.#differ(about, compareMemory(this.#fixture.kernel, each, scope), step.line);
      return true;
    } catch (error) {
      if (!(error instanceof ScopeProblem)) throw error;
      this.#find(about, { what: error.message }, step.line);
      return false;
    }
  }

  /** After a fault that was expected the next call may come. */
  #didNotReturn(step: Step, result: Exclude<CallResult, { kind: 'returned' }>): boolean {
    const about = step.call.text;
    switch (result.kind) {
      case 'fault':
        return this.#oops(about, result.oops, step.fault, step.line);
      case 'refused':
        this.#find(about, { what: 'was not called', found: result.reason }, step.line);
        return false;
      case 'died':
        this.#find(
          about,
          { what: 'the machine died', found: describeDeath(result.death) },
          step.line,
        );
        return false;
    }
  }

  /** Whether it was expected. */
  #oops(about: string, oops: Oops, expected: FaultExpectation | undefined, line?: number): boolean {
    this.#answered++;
    const { missing } = oops;
    if (missing !== undefined)
      this.#missing ??= `it ${uses[missing.use]} ${missing.symbol}, which is not there`;
    const fault = this.#fixture.describe(oops);
    const difference =
      expected === undefined
        ? { what: 'faulted', found: fault.text }
        : compareFault(oops, expected, fault.text);
    if (difference === undefined) return true;
    this.#faults.push(fault);
    this.#find(about, difference, line);
    return false;
  }

  /** What stopped nobody, as warnings; faults in timers and the like are told there, too. */
  #readFindings(): void {
    const found = this.#fixture.kernel.takeFindings();
    this.#answered += found.filter(({ kind }) => ['oops', 'missing-symbol'].includes(kind)).length;
    this.#missing ??= found.find(({ kind }) => kind === 'missing-symbol')?.text;
    const lines = found.map(({ kind, text }) => `${kind}: ${text}`);
    const difference = compareLines(lines, this.#case.findings, 'noticed something else');
    if (difference === undefined) return;
    const places = found.map(({ by }, i) =>
      by === undefined ? lines[i] : `${lines[i]}, at ${formatWhere(by)}`,
    );
    this.#find('kernel', { ...difference, found: places.join('\n') || 'nothing' });
  }

  #readConsole(printed: string): void {
    const { console: expected } = this.#case;
    if (expected !== undefined) {
      const what = 'the console says something else';
      this.#differ('console', compareLines(linesOf(printed), expected, what));
      return;
    }
    // A thread of the module may fault while all calls return.
    const reports = printed.match(/^Oops: .*/gm) ?? [];
    if (reports.length > this.#answered)
      this.#find('console', { what: 'faulted in the background', found: reports.at(-1) });
  }

  #differ(about: string, difference: Difference | undefined, line?: number): void {
    if (difference !== undefined) this.#find(about, difference, line);
  }

  #find(about: string, difference: Difference, line = this.#case.line): void {
    this.#findings.push({ line, about, ...difference });
  }
}

/** What a user calls the step of a module's life that failed. */
function stepOf({ stage }: LoadFailure): string {
  if (stage === 'fini') return 'exit';
  return stage === 'init' ? 'init' : 'load';
}
