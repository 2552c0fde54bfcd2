// The reports for programs, read by programs: TAP by tap-parser, XML by a parser of
// XML, JSON by what it must hold.

import { DOMParser, type Element } from '@xmldom/xmldom';
import { Parser } from 'tap-parser';
import { describe, expect, test } from 'vitest';
import { reportJson } from './report-json.ts';
import { reportJunit } from './report-junit.ts';
import { reportKtap } from './report-ktap.ts';
import { type CaseResult, type Report, skippedCase } from './results.ts';

const passed: CaseResult = {
  name: 'adds',
  line: 3,
  verdict: 'passed',
  reason: undefined,
  findings: [],
  faults: [],
  console: '',
  ns: 1500,
};
const failed: CaseResult = {
  ...passed,
  name: 'a #2 <case> & "more"',
  verdict: 'failed',
  findings: [
    { line: 7, about: 'f(1)', what: 'returned something else', wanted: '1', found: '2\nor <3>' },
  ],
  console: 'one\n\x1b[31mtwo ]]> \uffff\n1..7\nnot ok 1 forged\n',
};
const faulted: CaseResult = {
  ...passed,
  name: 'faults',
  verdict: 'failed',
  findings: [{ line: 0, about: 'init', what: 'faulted', found: 'page fault: read of 0x8 at f' }],
  faults: [
    {
      text: 'page fault',
      kind: 'page-fault',
      module: 'm',
      source: 'm.c:23',
      backtrace: ['f [m]', 'g [m]', 'kernel'],
    },
  ],
};
const missing: CaseResult = {
  ...passed,
  name: 'reaches',
  verdict: 'inconclusive',
  reason: 'it calls foo, which is not there',
};
const report: Report = {
  seed: 7,
  suites: [
    {
      ...{ name: 'm.x', arch: 'amd64', file: 'a/m.test.toml', module: 'm.ko' },
      cases: [passed, failed, faulted, missing, skippedCase('later', 9, 'not yet')],
    },
    { name: 'n', arch: 'i386', file: 'n.ko', module: 'n.ko', cases: [passed] },
  ],
};

describe('KTAP', () => {
  const text = reportKtap(report);
  const lines = text.split('\n');

  test('begins with its version and the plan of the suites', () => {
    expect(lines.slice(0, 3)).toEqual(['KTAP version 1', '# seed: 7', '1..2']);
  });

  test('has a subtest for each suite, as KUnit prints it, and its result behind it', () => {
    const begin = lines.indexOf('    KTAP version 1');
    expect(lines.slice(begin, begin + 5)).toEqual([
      '    KTAP version 1',
      '    # Subtest: m.x/amd64',
      '    1..5',
      '    # module: m.ko',
      '    ok 1 adds',
    ]);
    expect(lines).toContain('# m.x/amd64: pass:1 fail:2 skip:2 total:5');
    expect(lines).toContain('not ok 1 m.x/amd64');
    expect(lines).toContain('ok 2 n/i386');
    expect(lines.at(-2)).toBe('# Totals: pass:2 fail:2 skip:2 total:6');
  });

  test('of a failure says what was expected, where', () => {
    expect(text).toContain('    # a _2 <case> & "more": EXPECTATION FAILED at a/m.test.toml:7\n');
    expect(text).toContain('    #     wanted 1\n');
    expect(text).toContain('    #     line m.c:23\n    #     from g [m]\n    # 1500 ns');
  });

  test('is read by tap-parser: the same numbers, and nothing that it does not know', () => {
    const strange: string[] = [];
    const subtests: string[] = [];
    let nested = { pass: 0, fail: 0, skip: 0 };
    const parser = new Parser();
    parser.on('extra', (extra: string) => strange.push(extra.trim()));
    parser.on('child', (child: Parser) => {
      subtests.push(child.name);
      child.on('extra', (extra: string) => strange.push(extra.trim()));
      child.on('complete', ({ pass, fail, skip }) => {
        nested = { pass: nested.pass + pass, fail: nested.fail + fail, skip: nested.skip + skip };
      });
    });
    parser.end(text);
    expect(subtests).toEqual(['m.x/amd64', 'n/i386']);
    // Of those that pass, two are skipped.
    expect(nested).toEqual({ pass: 4, fail: 2, skip: 2 });
    expect(parser.results).toMatchObject({
      ok: false,
      count: 2,
      pass: 1,
      fail: 1,
      plan: { end: 2 },
    });
    expect(new Set(strange)).toEqual(new Set(['KTAP version 1']));
  });
});

describe('JUnit XML', () => {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(reportJunit(report), 'text/xml');
  const all = (tag: string): readonly Element[] => [...document.getElementsByTagName(tag)];
  const attribute = (element: Element | undefined, name: string): string | null | undefined =>
    element?.getAttribute(name);

  test('counts tests, failures, errors and what was skipped', () => {
    const counts = ['tests', 'failures', 'errors', 'skipped', 'time'];
    expect(counts.map((name) => attribute(all('testsuites')[0], name))).toEqual([
      ...['6', '1', '1', '2', '0.000007500'],
    ]);
    expect(counts.map((name) => attribute(all('testsuite')[1], name))).toEqual([
      ...['1', '0', '0', '0', '0.000001500'],
    ]);
  });

  test('names each case, its class, its place and its virtual time', () => {
    const [, second] = all('testcase');
    expect(attribute(second, 'name')).toBe('a #2 <case> & "more"');
    expect(attribute(second, 'classname')).toBe('m_x.amd64');
    expect(attribute(second, 'file')).toBe('a/m.test.toml');
    expect(attribute(second, 'line')).toBe('3');
    expect(attribute(second, 'time')).toBe('0.000001500');
  });

  test('tells failures and faults apart', () => {
    expect(all('failure').map((each) => each.textContent)).toEqual([
      'a/m.test.toml:7: f(1): returned something else\n  wanted 1\n  found 2\nor <3>',
    ]);
    expect(attribute(all('error')[0], 'type')).toBe('page-fault');
    expect(all('error')[0]?.textContent).toContain('at m.c:23\nfrom g [m]');
    expect(all('skipped').map((each) => attribute(each, 'message'))).toEqual([
      'inconclusive: it calls foo, which is not there',
      'not yet',
    ]);
  });

  test('has the console, with characters that XML lacks as escapes', () => {
    expect(all('system-out')[0]?.textContent).toBe(
      'one\n\\x1b[31mtwo ]]> \\xffff\n1..7\nnot ok 1 forged\n',
    );
  });

  test('has the seed among the properties', () => {
    const properties = all('property').map((each) => [
      attribute(each, 'name'),
      attribute(each, 'value'),
    ]);
    expect(properties).toContainEqual(['seed', '7']);
    expect(properties).toContainEqual(['arch', 'i386']);
  });
});

test('JSON has totals, suites and cases, and null for what there is not', () => {
  const document: unknown = JSON.parse(JSON.stringify(reportJson(report)));
  expect(document).toMatchObject({
    format: 1,
    ok: false,
    seed: 7,
    totals: { passed: 2, failed: 2, inconclusive: 1, skipped: 1 },
    suites: [
      {
        name: 'm.x',
        arch: 'amd64',
        totals: { passed: 1 },
        cases: [
          { name: 'adds', verdict: 'passed', reason: null, ns: 1500 },
          { findings: [{ line: 7, wanted: '1' }] },
          {
            findings: [{ wanted: null }],
            faults: [{ source: 'm.c:23', backtrace: ['f [m]', 'g [m]', 'kernel'] }],
          },
          { verdict: 'inconclusive' },
          { verdict: 'skipped', reason: 'not yet' },
        ],
      },
      { cases: [{ name: 'adds' }] },
    ],
  });
});
