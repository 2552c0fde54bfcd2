// What counts as a difference between two runs, and what does not.

import { expect, test } from 'vitest';
import { firstDifference } from './run-differences.ts';
import type { RunReport } from './run-report.ts';

const report: RunReport = {
  arch: 'amd64',
  modules: [],
  calls: [],
  findings: [],
  console: 'hello\n',
  death: undefined,
  checked: true,
};

test('equal runs have none', () => {
  expect(firstDifference(report, { ...report })).toBeUndefined();
});

test('a line of the console is one', () => {
  expect(firstDifference(report, { ...report, console: 'hullo\n' })).toEqual({
    what: 'line 1 of the console',
    one: '"hello"',
    other: '"hullo"',
  });
});

test.for(['rax    0x0  rbx    0xA', 'Oops: page fault: read of 0xA', 'pc  f+0xA/0x20 [m]'])(
  'words in a report of the kernel are none: %s',
  (line) => {
    const [one, other] = ['a5a5a5a5', '00000000'].map((word) => ({
      ...report,
      console: line.replace('A', word),
    }));
    if (one === undefined || other === undefined) throw new Error('there are two');
    expect(firstDifference(one, other)).toBeUndefined();
  },
);

test.for([undefined, 'u32'] as const)('a result of type %s', (returns) => {
  const called = (value: bigint): RunReport => ({
    ...report,
    calls: [
      {
        call: { symbol: 'f', args: [], returns, text: 'f()' },
        module: 'm',
        result: { kind: 'returned', value, wide: value },
        buffers: [],
      },
    ],
  });
  const expected = returns === undefined ? undefined : { what: 'f()', one: '0x1', other: '0x2' };
  expect(firstDifference(called(1n), called(2n))).toEqual(expected);
});
