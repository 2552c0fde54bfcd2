// The report of a test run for people: a line for each case, and of those that are
// not as they should be all that is known, down to the command that runs it again.

import { linesOf } from '../suite/compare.ts';
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
  type Verdict,
} from '../suite/results.ts';
import { type Style, visible } from './terminal.ts';

export interface TextOptions {
  readonly style: Style;
  /** The command for one case, from options that all need. */
  readonly again: (suite: SuiteResult, result: CaseResult) => string;
}

/** Lines of the console that are shown of a case. */
const CONSOLE_LINES = 12;

export function testText(report: Report, options: TextOptions): string {
  const suites = report.suites.map((suite) => suiteText(suite, options));
  return `${[...suites, summary(report, options.style)].join('\n')}\n`;
}

function suiteText(suite: SuiteResult, options: TextOptions): string {
  const { bold, dim } = options.style;
  const title = `${bold(visible(suiteTitle(suite)))}  ${dim(visible(suite.file))}`;
  const cases = suite.cases.flatMap((result) => caseLines(suite, result, options));
  return `${[title, ...cases].join('\n')}\n`;
}

const words: Readonly<Record<Verdict, string>> = {
  passed: 'ok  ',
  failed: 'FAIL',
  inconclusive: '????',
  skipped: 'skip',
};

function paintOf(verdict: Verdict, style: Style): (text: string) => string {
  switch (verdict) {
    case 'passed':
      return style.good;
    case 'failed':
      return style.bad;
    case 'inconclusive':
      return style.warn;
    case 'skipped':
      return style.dim;
  }
}

function caseLines(
  suite: SuiteResult,
  result: CaseResult,
  { style, again }: TextOptions,
): readonly string[] {
  const { name, verdict, reason, findings, faults, console } = result;
  const why = reason === undefined ? '' : style.dim(visible(`: ${reason}`));
  const head = `  ${paintOf(verdict, style)(words[verdict])}  ${visible(name)}${why}`;
  if (verdict === 'passed' || verdict === 'skipped') return [head];
  const lines = [
    ...findings.flatMap((finding) => findingLines(finding, suite.file)),
    ...faults.flatMap(faultLines),
    ...consoleLines(console, faults.length > 0).map((line) => `${style.dim('|')} ${line}`),
    style.dim(visible(`again: ${again(suite, result)}`)),
  ];
  return [head, ...lines.map((line) => `        ${line}`)];
}

function findingLines({ line, about, what, wanted, found }: Finding, file: string): string[] {
  const at = line === 0 ? '' : ` (${file}:${line})`;
  return [
    visible(`${about}: ${what}${at}`),
    ...(wanted === undefined ? [] : labelled('wanted', wanted)),
    ...(found === undefined ? [] : labelled('found', found)),
  ];
}

/** Further lines stand under the first. */
function labelled(label: string, text: string): string[] {
  return visible(text)
    .split('\n')
    .map((line, i) => `  ${(i === 0 ? label : '').padEnd(6)}  ${line}`);
}

function faultLines(fault: Fault): string[] {
  const { source } = fault;
  const at = source === undefined ? [] : [`  line    ${visible(source)}`];
  const callers = callersIn(fault).map((where) => `  from    ${visible(where)}`);
  return [...at, ...callers];
}

/** @param isTold what the guest says of a fault is told already, but for the registers */
function consoleLines(text: string, isTold: boolean): readonly string[] {
  const lines = linesOf(visible(text));
  const report = isTold ? lines.findIndex((line) => line.startsWith('Oops: ')) : -1;
  if (report >= 0 && report < CONSOLE_LINES) return [...lines.slice(0, report + 1), '...'];
  const left = lines.length - CONSOLE_LINES;
  const shown = lines.slice(0, CONSOLE_LINES);
  return left > 0 ? [...shown, `... and ${left} more lines`] : shown;
}

/** "12 passed, 1 failed, 2 skipped". */
function summary(report: Report, style: Style): string {
  const tally = tallyOf(allCases(report));
  const part = (verdict: Verdict): readonly string[] => {
    const text = `${tally[verdict]} ${verdict}`;
    return tally[verdict] === 0 ? [] : [paintOf(verdict, style)(text)];
  };
  const parts = [
    ...(['passed', 'failed', 'inconclusive', 'skipped'] as const).flatMap(part),
    ...(report.seed === undefined ? [] : [`seed ${report.seed}`]),
  ];
  return parts.join(', ');
}
