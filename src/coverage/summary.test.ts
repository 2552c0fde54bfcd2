// The table, and that its percentages do not flatter.

import { expect, test } from 'vitest';
import type { Tallies } from './file-coverage.ts';
import { coverageSummary } from './summary.ts';

const tallies = (hit: number, found: number): Tallies => ({
  functions: { hit: 1, found: 1 },
  lines: { hit, found },
  branches: { hit: 0, found: 0 },
  instructions: { hit: 0, found: 7 },
});

const module = { name: 'm', arch: 'amd64', file: 'm.ko' } as const;

const row = (hit: number, found: number): string =>
  coverageSummary([{ ...module, files: [], ...tallies(hit, found) }])[1] ?? '';

test('a table has a row for each module and each of its files', () => {
  const files = [{ file: 'a.c', tallies: tallies(1, 2) }];
  const text = coverageSummary([{ ...module, files, ...tallies(1, 2) }]);
  expect(text).toEqual([
    'coverage   functions      lines   branches   instructions',
    'm           1/1 100%   1/2  50%          -       0/7   0%',
    '  a.c       1/1 100%   1/2  50%          -       0/7   0%',
  ]);
});

test('modules of several architectures are told apart, and there is a row for all', () => {
  const one = { ...module, files: [], ...tallies(1, 2) };
  const rows = coverageSummary([one, { ...one, arch: 'i386' }], tallies(2, 2)).slice(1);
  expect(rows.map((text) => text.slice(0, 32).trimEnd())).toEqual([
    'm/amd64     1/1 100%   1/2  50%',
    'm/i386      1/1 100%   1/2  50%',
    'all         1/1 100%   2/2 100%',
  ]);
});

test('one module needs no row for all', () => {
  const text = coverageSummary([{ ...module, files: [], ...tallies(1, 2) }], tallies(1, 2));
  expect(text).toHaveLength(2);
});

test('without modules there is no table', () => {
  expect(coverageSummary([])).toEqual([]);
});

test.for([
  [0, 1000, '0%'],
  [1, 1000, '1%'],
  [999, 1000, '99%'],
  [1000, 1000, '100%'],
] as const)('%d of %d is %s', ([hit, found, text]) => {
  expect(row(hit, found)).toContain(`${hit}/${found} ${text.padStart(4)}`);
});
