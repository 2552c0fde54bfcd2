// The report as JUnit XML, in the form that CI servers read: testsuites, testsuite,
// testcase with failure, error or skipped.  A fault is an error, anything else that is
// not as expected a failure.  Times are virtual: the same on every computer.

import {
  allCases,
  type CaseResult,
  callersIn,
  type Finding,
  type Report,
  type SuiteResult,
  suiteTitle,
} from './results.ts';

export function reportJunit(report: Report): string {
  const { seed } = report;
  const properties = seed === undefined ? [] : [property('seed', `${seed}`)];
  const suites = report.suites.map((suite) => suiteXml(suite, properties));
  const counts = countsOf(allCases(report));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'modbox', ...counts }, suites)}\n`;
}

function suiteXml(suite: SuiteResult, properties: readonly string[]): string {
  const { arch, file, module, cases } = suite;
  const own = [property('arch', arch), property('module', module), ...properties];
  const name = suiteTitle(suite);
  return element('testsuite', { name, file, ...countsOf(cases) }, [
    element('properties', {}, own),
    ...cases.map((result) => caseXml(suite, result)),
  ]);
}

function caseXml({ name: suite, arch, file }: SuiteResult, result: CaseResult): string {
  const { name, line, ns, console } = result;
  const at = line === 0 ? { file } : { file, line: `${line}` };
  // A dot is what readers split a class's name at.
  const classname = `${suite.replaceAll('.', '_')}.${arch}`;
  return element('testcase', { classname, name, ...at, time: seconds(ns) }, [
    ...endXml(result, file),
    ...(console === '' ? [] : [`<system-out>${escaped(console)}</system-out>`]),
  ]);
}

function endXml(result: CaseResult, file: string): readonly string[] {
  const { verdict, reason = '', findings, faults } = result;
  switch (verdict) {
    case 'passed':
      return [];
    case 'skipped':
      return [element('skipped', { message: reason }, [])];
    case 'inconclusive':
      return [element('skipped', { message: `inconclusive: ${reason}` }, [])];
    case 'failed': {
      const [first] = findings;
      const [fault] = faults;
      const message = first === undefined ? '' : `${first.about}: ${first.what}`;
      const text = [
        ...findings.map((finding) => findingText(finding, file)),
        ...faults.flatMap((each) => [
          ...(each.source === undefined ? [] : [`at ${each.source}`]),
          ...callersIn(each).map((where) => `from ${where}`),
        ]),
      ].join('\n');
      const kind = fault?.kind ?? 'expectation';
      const tag = isError(result) ? 'error' : 'failure';
      return [`<${tag}${attributes({ message, type: kind })}>${escaped(text)}</${tag}>`];
    }
  }
}

function findingText({ line, about, what, wanted, found }: Finding, file: string): string {
  return [
    `${line === 0 ? file : `${file}:${line}`}: ${about}: ${what}`,
    ...(wanted === undefined ? [] : [`  wanted ${wanted}`]),
    ...(found === undefined ? [] : [`  found ${found}`]),
  ].join('\n');
}

function isError({ verdict, faults }: CaseResult): boolean {
  return verdict === 'failed' && faults.length > 0;
}

function countsOf(cases: readonly CaseResult[]): Readonly<Record<string, string>> {
  const count = (is: (result: CaseResult) => boolean): string => `${cases.filter(is).length}`;
  return {
    tests: `${cases.length}`,
    failures: count((each) => each.verdict === 'failed' && !isError(each)),
    errors: count(isError),
    skipped: count(({ verdict }) => verdict === 'skipped' || verdict === 'inconclusive'),
    time: seconds(cases.reduce((sum, { ns }) => sum + ns, 0)),
  };
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(9);
}

function property(name: string, value: string): string {
  return element('property', { name, value }, []);
}

function element(
  tag: string,
  named: Readonly<Record<string, string>>,
  children: readonly string[],
): string {
  const open = `<${tag}${attributes(named)}`;
  if (children.length === 0) return `${open}/>`;
  return `${open}>\n${children.join('\n')}\n</${tag}>`;
}

function attributes(named: Readonly<Record<string, string>>): string {
  return Object.entries(named)
    .map(([name, value]) => ` ${name}="${escaped(value).replace(/[\n\t\r]/g, ' ')}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Characters that XML has not, escaped or not, are told by their number. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\x${code.toString(16).padStart(2, '0')}`;
    })
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
