// The report for programs.  docs/testing.md describes the document; keys are stable.

import { allCases, type CaseResult, type Report, type SuiteResult, tallyOf } from './results.ts';

/** Of the document; a change that breaks readers raises it. */
const FORMAT = 1;

/** A value for JSON.stringify(). */
export function reportJson(report: Report) {
  return {
    format: FORMAT,
    ok: allCases(report).every(({ verdict }) => verdict === 'passed' || verdict === 'skipped'),
    seed: report.seed ?? null,
    totals: tallyOf(allCases(report)),
    suites: report.suites.map(suiteJson),
  };
}

function suiteJson({ name, arch, file, module, cases }: SuiteResult) {
  return { name, arch, file, module, totals: tallyOf(cases), cases: cases.map(caseJson) };
}

function caseJson(result: CaseResult) {
  const { name, line, verdict, reason, findings, faults, console, ns } = result;
  return {
    ...{ name, line, verdict, reason: reason ?? null, ns },
    findings: findings.map(({ wanted, found, ...finding }) => ({
      ...finding,
      wanted: wanted ?? null,
      found: found ?? null,
    })),
    faults: faults.map(({ module, source, ...fault }) => ({
      ...fault,
      module: module ?? null,
      source: source ?? null,
    })),
    console,
  };
}
