// The two runs of `modbox run --check`, which differ in what new blocks of the heap are
// filled with, and what may be concluded from how they differ.

import type { BlockTrace } from '../kernel/block-trace.ts';
import type { Checks } from '../kernel/checks.ts';
import type { Finding } from '../kernel/findings.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { FILLS, uninitialisedRead, uninitialisedResult } from '../kernel/uninitialised.ts';
import { firstDifference } from './run-differences.ts';
import type { RunReport } from './run-report.ts';

const [first, second] = FILLS;

export const firstChecks: Checks = { fill: first, trace: true };
export const secondChecks: Checks = { fill: second, trace: true };

/** A run that is over. */
export interface Watched {
  readonly report: RunReport;
  readonly trace: BlockTrace | undefined;
  readonly locate: Kernel['locate'];
}

/** The first run's report, with what the second one shows. */
export function compared(one: Watched, other: Watched): RunReport {
  const { report } = one;
  const found = difference(one, other);
  return found === undefined ? report : { ...report, findings: [...report.findings, found] };
}

function difference(one: Watched, other: Watched): Finding | undefined {
  const way = one.trace && other.trace && uninitialisedRead(one.trace, other.trace, other.locate);
  if (way !== undefined) return way;
  const found = firstDifference(one.report, other.report);
  return found && uninitialisedResult(found.what, found.one, found.other);
}
