// The text of tracefiles, from reports made by hand.

import { expect, test } from 'vitest';
import type { FileCoverage } from './file-coverage.ts';
import { lcovTrace } from './lcov.ts';

const file = (count: number): FileCoverage => ({
  file: 'a.c',
  listing: undefined,
  functions: [
    { name: 'f', line: 1, count },
    { name: 'g', line: 9, count: 0 },
  ],
  lines: new Map([
    [2, count],
    [3, 0],
  ]),
  branches: [
    { line: 2, block: 0, reached: true, elsewhere: 0, on: count },
    { line: 3, block: 0, reached: false, elsewhere: 0, on: 0 },
  ],
  instructions: { found: 4, hit: 2 },
});

test('a test is a record for each file, with its totals', () => {
  const report = { tests: ['one'], files: () => [file(1)] };
  expect(lcovTrace(report).split('\n')).toEqual([
    ...['TN:one', 'SF:a.c'],
    ...['FN:1,f', 'FN:9,g', 'FNDA:1,f', 'FNDA:0,g', 'FNF:2', 'FNH:1'],
    ...['BRDA:2,0,0,0', 'BRDA:2,0,1,1', 'BRDA:3,0,0,-', 'BRDA:3,0,1,-', 'BRF:4', 'BRH:1'],
    ...['DA:2,1', 'DA:3,0', 'LF:2', 'LH:1', 'end_of_record', ''],
  ]);
});

test('each test has its own records', () => {
  const report = {
    tests: ['one', 'two'],
    files: (name?: string) => [file(name === 'one' ? 1 : 0)],
  };
  const text = lcovTrace(report);
  expect(text.match(/^(TN|DA:2).*/gm)).toEqual(['TN:one', 'DA:2,1', 'TN:two', 'DA:2,0']);
});

test('names of tests have the letters that lcov takes', () => {
  const report = { tests: ['adds: 1 + 2 (é)'], files: () => [file(1)] };
  expect(lcovTrace(report)).toMatch(/^TN:adds__1___2____\n/);
});

test('names of tests that differ only in other letters remain different', () => {
  const report = { tests: ['a-b', 'a b', 'a_b_2', 'a+b'], files: () => [file(1)] };
  const names = lcovTrace(report).match(/^TN:.*/gm);
  expect(names).toEqual(['TN:a_b', 'TN:a_b_2', 'TN:a_b_2_2', 'TN:a_b_3']);
});

test('files are where the caller says', () => {
  const report = { tests: ['one'], files: () => [file(1)] };
  expect(lcovTrace(report, ({ file: name }) => `/src/${name}`)).toContain('\nSF:/src/a.c\n');
});
