// The report as KTAP version 1 (docs.kernel.org/dev-tools/ktap.html), laid out as
// KUnit prints it, so that kunit.py parse, kselftest's tools and TAP parsers read it:
// a subtest for each suite, four spaces in, and its result line behind it.

import { linesOf } from './compare.ts';
import {
  allCases,
  type CaseResult,
  callersIn,
  type Fault,
  type Finding,
  type Report,
  type SuiteResult,
  suiteTitle,
  tallyOf,
} from './results.ts';

export function reportKtap(report: Report): string {
  const seed = report.seed === undefined ? [] : [comment(`seed: ${report.seed}`)];
  const suites = report.suites.flatMap((suite, i) => suiteLines(suite, i + 1));
  const totals = totalsOf(allCases(report), '# Totals');
  const plan = `1..${report.suites.length}`;
  return `${['KTAP version 1', ...seed, plan, ...suites, totals].join('\n')}\n`;
}

function suiteLines(suite: SuiteResult, number: number): readonly string[] {
  const name = nameOf(suiteTitle(suite));
  const inner = [
    'KTAP version 1',
    `# Subtest: ${name}`,
    `1..${suite.cases.length}`,
    // Before the plan it would hide the plan from kunit.py of Linux 6.1.
    comment(`module: ${suite.module}`),
    ...suite.cases.flatMap((result, i) => caseLines(result, i + 1, suite.file)),
  ];
  const { failed } = tallyOf(suite.cases);
  return [
    ...inner.map((line) => `    ${line}`),
    totalsOf(suite.cases, `# ${name}`),
    `${failed > 0 ? 'not ok' : 'ok'} ${number} ${name}`,
  ];
}

function caseLines(result: CaseResult, number: number, file: string): readonly string[] {
  const { name, verdict, reason, findings, faults, console, ns } = result;
  const title = nameOf(name);
  switch (verdict) {
    case 'passed':
      return [`ok ${number} ${title}`];
    case 'skipped':
      return [`ok ${number} ${title} # SKIP ${plain(reason ?? '')}`.trimEnd()];
    case 'failed':
    case 'inconclusive': {
      const facts = [
        ...findings.flatMap((finding) => findingLines(title, finding, file)),
        ...faults.flatMap(faultLines),
        ...linesOf(console).map((line) => `| ${line}`),
        `${ns} ns of virtual time`,
      ];
      const comments = facts.flatMap((fact) => fact.split('\n')).map(comment);
      // Neither is a pass; there is no other word that all readers know.
      if (verdict === 'inconclusive')
        return [...comments, `ok ${number} ${title} # SKIP inconclusive: ${plain(reason ?? '')}`];
      return [...comments, `not ok ${number} ${title}`];
    }
  }
}

/** As KUnit words it. */
function findingLines(title: string, finding: Finding, file: string): readonly string[] {
  const { line, about, what, wanted, found } = finding;
  const at = line === 0 ? file : `${file}:${line}`;
  return [
    `${title}: EXPECTATION FAILED at ${at}`,
    `    ${about}: ${what}`,
    ...(wanted === undefined ? [] : [`    wanted ${wanted}`]),
    ...(found === undefined ? [] : [`    found ${found}`]),
  ];
}

function faultLines(fault: Fault): readonly string[] {
  const at = fault.source === undefined ? [] : [`    line ${fault.source}`];
  return [...at, ...callersIn(fault).map((where) => `    from ${where}`)];
}

function totalsOf(cases: readonly CaseResult[], label: string): string {
  const { passed, failed, skipped, inconclusive } = tallyOf(cases);
  const skip = skipped + inconclusive;
  return `${label}: pass:${passed} fail:${failed} skip:${skip} total:${cases.length}`;
}

function comment(text: string): string {
  // Only the head of a subtest may look like one.
  return `# ${plain(text).replace(/^(\s*)Subtest:/, '$1Subtest :')}`.trimEnd();
}

/** "#" would begin a directive. */
function nameOf(text: string): string {
  return plain(text).replaceAll('#', '_').trim();
}

/** On one line, without control characters. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ');
}
