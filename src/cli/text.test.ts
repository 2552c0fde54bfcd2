// How things are put: numbers, tables, hex dumps, and text that is not trusted.

import { describe, expect, test } from 'vitest';
import { formatValue } from '../suite/format.ts';
import { ConsoleLines } from './console-lines.ts';
import { excerpt } from './demo-transcript.ts';
import { jsonText } from './json.ts';
import { parametersOf } from './linux-facts.ts';
import { className, versionName } from './netbsd-facts.ts';
import { leakText } from './run-text.ts';
import { plainStyle, visible } from './terminal.ts';
import { columns, count, hexDump, wrapped } from './words.ts';

test.for<[bigint, string]>([
  [0n, '0'],
  [9n, '9'],
  [10n, '10 (0xa)'],
  [0x31c3n, '12739 (0x31c3)'],
  [-5n, '-5 (-0x5)'],
])('%s is shown as %s', ([value, text]) => {
  expect(formatValue(value)).toBe(text);
});

test('one is singular', () => {
  expect([count(0, 'byte'), count(1, 'byte'), count(2, 'byte')]).toEqual([
    '0 bytes',
    '1 byte',
    '2 bytes',
  ]);
  expect(leakText({ blocks: 1, bytes: 112, records: [] }, plainStyle)).toBe(
    'leaked 1 block, 112 bytes',
  );
  expect(leakText({ blocks: 0, bytes: 0, records: [] }, plainStyle)).toBe('no leaks');
});

test('columns are as wide as their widest cell', () => {
  expect(
    columns([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toEqual(['a    bb', 'ccc  d']);
});

test('words wrap behind commas', () => {
  expect(wrapped(['one', 'two', 'three'], 9)).toEqual(['one, two,', 'three']);
  expect(wrapped([], 9)).toEqual([]);
});

describe('a hex dump', () => {
  test('shows bytes and characters', () => {
    expect(hexDump(new TextEncoder().encode('Hi\n'))).toEqual([
      `0000  48 69 0a${' '.repeat(39)}  Hi.`,
    ]);
  });

  test.for<[number, number, string | undefined]>([
    [256, 16, undefined],
    [257, 17, 'and 1 byte more'],
    [300, 17, 'and 44 bytes more'],
  ])('of %i bytes has %i lines', ([bytes, lines, last]) => {
    const dump = hexDump(new Uint8Array(bytes));
    expect(dump).toHaveLength(lines);
    if (last !== undefined) expect(dump.at(-1)).toBe(last);
  });
});

test('control characters of a guest cannot steer the terminal', () => {
  expect(visible('a\x1b[31mb\x07\tc\nd\x9b')).toBe('a\\x1b[31mb\\x07\tc\nd\\x9b');
});

test('the console comes in lines, UTF-8 put together, a last part when asked for', () => {
  const lines: string[] = [];
  const console = new ConsoleLines((line) => lines.push(line));
  for (const byte of new TextEncoder().encode('grün\r\n\nhalf')) console.onByte(byte);
  expect(lines).toEqual(['grün', '']);
  console.settle();
  console.settle();
  expect(lines).toEqual(['grün', '', 'half']);
});

test('the excerpt of an oops leaves out registers and outer frames', () => {
  const frames = [
    '  f+0x1/0x2 [m]',
    '  g+0x1/0x2 [m]',
    '  h+0x1/0x2',
    '  i+0x1/0x2',
    '  j+0x1/0x2',
  ];
  const report = [
    'm: hello',
    'Oops: page fault: read of 0x8, in module m',
    'pc  f+0x1/0x2 [m]   sp 0x10   thread 1 (linker)',
    'x0     0x1  x1     0x2',
    'pc     0x3  cpsr   0x4',
    'Backtrace:',
    ...frames,
  ];
  expect(excerpt(report)).toEqual([
    ...report.slice(0, 3),
    'Backtrace:',
    ...frames.slice(0, 3),
    '  and 2 frames more',
  ]);
  expect(excerpt(['a', 'b'])).toEqual(['a', 'b']);
});

test.for<[number, string]>([
  [1000000000, '10.0'],
  [999010500, '9.99.105'],
  [1001000000, '10.1'],
])('__NetBSD_Version__ %i is %s', ([version, name]) => {
  expect(versionName(version)).toBe(name);
});

test('classes without a name keep their number', () => {
  expect([className(1), className(99)]).toEqual(['misc', 'class 99']);
});

test('parameters are put together from parm and parmtype', () => {
  const modinfo = [
    { key: 'parm', value: 'debug:how much: 0..3' },
    { key: 'parmtype', value: 'debug:int' },
    { key: 'parmtype', value: 'name:charp' },
    { key: 'license', value: 'GPL' },
  ];
  expect(parametersOf(modinfo)).toEqual([
    { name: 'debug', type: 'int', description: 'how much: 0..3' },
    { name: 'name', type: 'charp', description: undefined },
  ]);
});

test('a JSON document ends with a newline', () => {
  expect(jsonText({ a: 1 })).toBe('{\n  "a": 1\n}\n');
});
