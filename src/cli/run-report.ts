// What a run came to: facts only, made by run-steps.ts and told by run-text.ts
// and run-json.ts.

import type { ArchName } from '../arch/arch.ts';
import type { Finding, Leaks } from '../kernel/findings.ts';
import type { Death } from '../kernel/requests.ts';
import type { CallResult, LoadFailure } from '../kernel/results.ts';
import type { ModuleView } from '../kernel/view.ts';
import type { CallExpression } from '../suite/call-expression.ts';

/**
 * How a step of a module's life went.  `none`: it has no such function; `kept`:
 * it was left loaded; `skipped`: something before it failed.
 */
export type Outcome = 'ok' | 'failed' | 'none' | 'kept' | 'skipped';

export interface ModuleReport {
  readonly name: string;
  readonly file: string;
  /** Not named by the user: another module requires it. */
  readonly implied: boolean;
  readonly load: Outcome;
  readonly init: Outcome;
  readonly fini: Outcome;
  /** Undefined when it was not loaded. */
  readonly view: ModuleView | undefined;
  /** Of load, init or fini. */
  readonly failure: LoadFailure | undefined;
  /** Undefined while it is loaded. */
  readonly leaks: Leaks | undefined;
  /** The most that init or fini used of the stack; undefined: nobody measured. */
  readonly stackBytes: number | undefined;
}

export interface BufferReport {
  /** Of the argument, from 0. */
  readonly index: number;
  /** As the function left it. */
  readonly bytes: Uint8Array;
}

export interface CallReport {
  readonly call: CallExpression;
  /** The module whose function it is; undefined when none has it. */
  readonly module: string | undefined;
  readonly result: CallResult;
  readonly buffers: readonly BufferReport[];
}

export interface RunReport {
  readonly arch: ArchName;
  /** In the order they were loaded. */
  readonly modules: readonly ModuleReport[];
  readonly calls: readonly CallReport[];
  /** What the kernel noticed that stopped nobody. */
  readonly findings: readonly Finding[];
  /** Everything the guest wrote. */
  readonly console: string;
  /** Why the machine stopped for good, whatever step it happened in. */
  readonly death: Death | undefined;
  /** Checks were wanted: what a module leaves behind is a failure. */
  readonly checked: boolean;
}

/** Whether a module left something behind. */
export function leaks({ leaks: left }: ModuleReport): boolean {
  return left !== undefined && (left.blocks > 0 || left.records.length > 0);
}

/** What the modules used that nobody has: the result says nothing of the rest. */
export function missingIn(report: RunReport): readonly string[] {
  const oopses = [
    ...report.modules.map(({ failure }) => failure?.oops),
    ...report.calls.map(({ result }) => (result.kind === 'fault' ? result.oops : undefined)),
  ];
  const inBackground = report.findings.filter(({ kind }) => kind === 'missing-symbol');
  return [
    ...new Set([
      ...oopses.flatMap((oops) => oops?.missing?.symbol ?? []),
      ...inBackground.map(({ text }) => text),
    ]),
  ];
}

/** Whether every step that was tried went well. */
export function succeeded(report: RunReport): boolean {
  return (
    report.death === undefined &&
    report.findings.length === 0 &&
    !(report.checked && report.modules.some(leaks)) &&
    report.modules.every(({ failure, load }) => failure === undefined && load === 'ok') &&
    report.calls.every(({ result }) => result.kind === 'returned')
  );
}
