// Suites from a few lines in a test, run in this thread.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchName } from '../../src/arch/arch.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';
import type { Suite } from '../../src/suite/model.ts';
import { type Outcome, type PlanOptions, planOf, reportOf } from '../../src/suite/plan.ts';
import { describeSuiteProblem } from '../../src/suite/problems.ts';
import { readSuite } from '../../src/suite/read.ts';
import type { CaseResult, Report } from '../../src/suite/results.ts';
import { runTask } from '../../src/suite/run-task.ts';

export interface SuiteRun {
  readonly arch: ArchName;
  /** A path. */
  readonly module: string;
  readonly requires?: readonly string[];
  readonly options?: Partial<PlanOptions>;
}

export function suiteOf(text: string): Suite {
  const read = readSuite('a.test.toml', text);
  if (!read.ok) throw new Error(read.problems.map(describeSuiteProblem).join('\n'));
  return read.value;
}

export async function runSuite(text: string, run: SuiteRun): Promise<Report> {
  const { arch, module, requires = [], options } = run;
  const plan = planOf([{ suite: suiteOf(text), arch, module, requires }], {
    ...{ select: () => true, seed: undefined, shard: undefined },
    ...{ missing: 'trap', checks: false, budgetNs: 2e7, ramBytes: 16 << 20, searchPath: [] },
    ...options,
  });
  const outcomes: Outcome[] = [];
  for (const task of plan.tasks) await runTask(task, (outcome) => outcomes.push(outcome));
  return reportOf(plan, outcomes);
}

/** Of a suite on one architecture. */
export async function runCases(text: string, run: SuiteRun): Promise<readonly CaseResult[]> {
  const { suites } = await runSuite(text, run);
  return suites.flatMap(({ cases }) => cases);
}

/** "name: verdict" of each. */
export function verdictsOf(cases: readonly CaseResult[]): readonly string[] {
  return cases.map(({ name, verdict }) => `${name}: ${verdict}`);
}

/** Objects as files in a folder of their own. */
export function filesOn(disk: readonly ObjectFile[]): {
  readonly path: (name: string) => string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  const path = (name: string): string => join(folder, name);
  for (const { name, bytes } of disk) writeFileSync(path(name), bytes);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
