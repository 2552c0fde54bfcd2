// Which cases run, together with which others, in which order.  Cases that begin from
// the same snapshot make a task; a task is what a thread is given.  Results are put
// back into the order of the files, so that nothing but time depends on the threads.

import type { ArchName } from '../arch/arch.ts';
import { seededRandom, shuffled } from '../base/random.ts';
import type { MissingSymbols } from '../kernel/missing.ts';
import type { FixtureSpec } from './fixture.ts';
import type { Suite, TestCase } from './model.ts';
import { type CaseResult, type Report, skippedCase } from './results.ts';

/** A suite on one architecture, with the files that its templates mean there. */
export interface Subject {
  readonly suite: Suite;
  readonly arch: ArchName;
  readonly module: string;
  readonly requires: readonly string[];
}

export interface PlanOptions {
  readonly select: (test: TestCase) => boolean;
  readonly seed: number | undefined;
  /** Every n-th case; `index` from 1. */
  readonly shard: { readonly index: number; readonly of: number } | undefined;
  /** For suites and cases that name none. */
  readonly budgetNs: number | undefined;
  readonly ramBytes: number | undefined;
  /** For suites that do not say. */
  readonly missing: MissingSymbols;
  /** Whether modules are watched closely. */
  readonly checks: boolean;
  /** Folders, with {arch}. */
  readonly searchPath: readonly string[];
}

/** A case and where its result belongs. */
interface Placed {
  readonly slot: number;
  readonly test: TestCase;
}

export interface Task extends FixtureSpec {
  readonly subject: number;
  readonly cases: readonly Placed[];
}

export interface Outcome {
  readonly subject: number;
  readonly slot: number;
  readonly result: CaseResult;
}

export interface Plan {
  readonly subjects: readonly Subject[];
  readonly tasks: readonly Task[];
  /** Those that do not run, and why. */
  readonly skipped: readonly Outcome[];
  readonly seed: number | undefined;
}

/** More in a task would leave threads without work at the end. */
const TASK_CASES = 32;

export function planOf(subjects: readonly Subject[], options: PlanOptions): Plan {
  const tasks: Task[] = [];
  const skipped: Outcome[] = [];
  const { seed, shard } = options;
  let number = 0;
  subjects.forEach(({ suite, arch, module, requires }, subject) => {
    const groups = new Map<number | undefined, Placed[]>();
    suite.cases.forEach((test, slot) => {
      if (!options.select(test)) return;
      if (shard !== undefined && number++ % shard.of !== shard.index - 1) return;
      const reason = skipReason(test, arch);
      if (reason !== undefined) {
        skipped.push({ subject, slot, result: skippedCase(test.name, test.line, reason) });
        return;
      }
      const budgetNs = test.budgetNs ?? suite.budgetNs ?? options.budgetNs;
      const group = groups.get(budgetNs);
      if (group === undefined) groups.set(budgetNs, [{ slot, test }]);
      else group.push({ slot, test });
    });
    for (const [budgetNs, cases] of groups) {
      const searchPath = options.searchPath.map((folder) => inArch(folder, arch));
      const { ramBytes, checks } = options;
      const missing = suite.missing ?? options.missing;
      const spec = { arch, module, requires, searchPath, budgetNs, ramBytes, missing, checks };
      const ordered = seed === undefined ? cases : shuffled(cases, seededRandom(seed + subject));
      for (let at = 0; at < ordered.length; at += TASK_CASES)
        tasks.push({ ...spec, subject, cases: ordered.slice(at, at + TASK_CASES) });
    }
  });
  const ordered = seed === undefined ? tasks : shuffled(tasks, seededRandom(seed));
  return { subjects, tasks: ordered, skipped, seed };
}

function skipReason({ skip, archs }: TestCase, arch: ArchName): string | undefined {
  if (skip !== undefined) return skip;
  return archs?.includes(arch) === false ? `only on ${archs.join(', ')}` : undefined;
}

/** A path template on an architecture. */
export function inArch(template: string, arch: ArchName): string {
  return template.replaceAll('{arch}', arch);
}

export function casesIn({ tasks, skipped }: Plan): number {
  return tasks.reduce((sum, { cases }) => sum + cases.length, skipped.length);
}

/** The results of all tasks, in any order, as one report in the order of the files. */
export function reportOf({ subjects, skipped, seed }: Plan, outcomes: readonly Outcome[]): Report {
  const bySubject = subjects.map((): Outcome[] => []);
  for (const outcome of [...skipped, ...outcomes]) bySubject[outcome.subject]?.push(outcome);
  const suites = subjects.map(({ suite: { name, file }, arch, module }, i) => ({
    ...{ name, arch, file, module },
    cases: (bySubject[i] ?? []).toSorted((a, b) => a.slot - b.slot).map(({ result }) => result),
  }));
  return { suites: suites.filter(({ cases }) => cases.length > 0), seed };
}
