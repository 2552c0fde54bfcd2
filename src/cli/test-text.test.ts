// The report of a test run for people: what guests and files say cannot steer the
// terminal, and colours are ours alone.

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type CaseResult, type Report, skippedCase } from '../suite/results.ts';
import { colourStyle, plainStyle } from './terminal.ts';
import { testText } from './test-text.ts';

const hostile = 'x\x1b[2Jy';
const failed: CaseResult = {
  name: hostile,
  line: 1,
  verdict: 'failed',
  reason: undefined,
  findings: [{ line: 1, about: hostile, what: hostile, wanted: hostile, found: `${hostile}\n2` }],
  faults: [
    {
      text: hostile,
      kind: 'other',
      module: hostile,
      source: hostile,
      backtrace: [hostile, hostile],
    },
  ],
  console: `${hostile}\nOops: page fault\nregisters\n`,
  ns: 1,
};
const inconclusive: CaseResult = {
  ...failed,
  ...{ verdict: 'inconclusive', reason: hostile, findings: [], faults: [] },
  console: Array.from({ length: 13 }, (_, i) => `line ${i}\n`).join(''),
};
const report: Report = {
  seed: 3,
  suites: [
    {
      ...{ name: hostile, arch: 'i386', file: hostile, module: hostile },
      cases: [failed, inconclusive, skippedCase(hostile, 1, hostile)],
    },
  ],
};
const text = (style: typeof plainStyle): string =>
  testText(report, { style, again: (_, { name }) => `modbox test ${name}` });

describe('the text', () => {
  test('of a plain terminal has no escapes', () => {
    expect(text(plainStyle)).not.toContain('\x1b');
  });

  test('of a terminal with colours has no others than ours', () => {
    expect(text(colourStyle)).toContain('\x1b[31mFAIL\x1b[39m');
    expect(stripVTControlCharacters(text(colourStyle))).toBe(text(plainStyle));
  });

  test('stops at a fault that is told already', () => {
    expect(text(plainStyle)).toContain('        | Oops: page fault\n        | ...\n');
  });

  test('has 12 lines of a console at most', () => {
    expect(text(plainStyle)).toContain('        | line 11\n        | ... and 1 more lines\n');
  });

  test('ends with what came of all, and the seed', () => {
    expect(text(plainStyle).split('\n').at(-2)).toBe('1 failed, 1 inconclusive, 1 skipped, seed 3');
  });
});
