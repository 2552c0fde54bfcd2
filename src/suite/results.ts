// What came of a case: plain data, the same whichever thread it ran on and in
// whichever order.

import type { ArchName } from '../arch/arch.ts';

/**
 * `inconclusive`: it reached something that the guest kernel does not model, so
 * whatever came out says nothing.
 */
export const verdicts = ['passed', 'failed', 'inconclusive', 'skipped'] as const;
export type Verdict = (typeof verdicts)[number];

/** Something that is not as it was expected. */
export interface Finding {
  /** Of the suite's file; 0: of none in particular. */
  readonly line: number;
  /** What it is about: "crc16(0, ...)", "init", "console". */
  readonly about: string;
  readonly what: string;
  readonly wanted?: string | undefined;
  readonly found?: string | undefined;
}

export interface Fault {
  /** "page fault: read of 0x8 at weigh+0x20/0x38 [nullderef]" */
  readonly text: string;
  readonly kind: string;
  readonly module: string | undefined;
  /** "modules/nullderef/nullderef.c:23" */
  readonly source: string | undefined;
  /** Innermost first. */
  readonly backtrace: readonly string[];
}

/** The callers up to the last that is in a module: what comes behind is the kernel's business. */
export function callersIn({ backtrace }: Fault): readonly string[] {
  const last = backtrace.findLastIndex((where) => where.endsWith(']'));
  return backtrace.slice(1, last + 1);
}

export interface CaseResult {
  readonly name: string;
  /** In the suite's file; 0: it stands in none. */
  readonly line: number;
  readonly verdict: Verdict;
  /** Why it was skipped or is inconclusive. */
  readonly reason: string | undefined;
  readonly findings: readonly Finding[];
  /** Those that were not expected. */
  readonly faults: readonly Fault[];
  /** What the guest printed meanwhile. */
  readonly console: string;
  /** Virtual nanoseconds. */
  readonly ns: number;
}

/** Of one suite on one architecture. */
export interface SuiteResult {
  readonly name: string;
  readonly arch: ArchName;
  readonly file: string;
  readonly module: string;
  /** In the order of the file. */
  readonly cases: readonly CaseResult[];
}

export interface Report {
  readonly suites: readonly SuiteResult[];
  /** What the order was made of; undefined: that of the files. */
  readonly seed: number | undefined;
}

export type Tally = Readonly<Record<Verdict, number>>;

export function tallyOf(cases: readonly CaseResult[]): Tally {
  const tally = { passed: 0, failed: 0, inconclusive: 0, skipped: 0 };
  for (const { verdict } of cases) tally[verdict]++;
  return tally;
}

export function allCases({ suites }: Report): readonly CaseResult[] {
  return suites.flatMap(({ cases }) => cases);
}

/** "crc16/amd64": what reports call a suite. */
export function suiteTitle({ name, arch }: Pick<SuiteResult, 'name' | 'arch'>): string {
  return `${name}/${arch}`;
}

export function skippedCase(name: string, line: number, reason: string): CaseResult {
  return { name, line, verdict: 'skipped', reason, findings: [], faults: [], console: '', ns: 0 };
}
