// Consoles against patterns, and how bytes that differ are shown.

import { describe, expect, test } from 'vitest';
import { compareLines, linesOf } from './compare.ts';
import { formatDifference } from './format.ts';
import type { LinePattern } from './model.ts';

const pattern = (text: string): LinePattern => {
  if (text === '...') return { kind: 'any' };
  if (text.startsWith('/')) return { kind: 'regexp', regexp: new RegExp(text.slice(1, -1)) };
  return { kind: 'exact', text };
};

const compareConsole = (text: string, patterns: readonly LinePattern[]) =>
  compareLines(linesOf(text), patterns, 'differs');

describe('a console', () => {
  test.for<[string, string[], boolean]>([
    ['', [], true],
    ['a\n', [], false],
    ['a\n', ['a'], true],
    ['a\r\n', ['a'], true],
    ['a', ['a'], true],
    ['a\n', ['a', 'b'], false],
    ['a\nb\n', ['a'], false],
    ['a\nb\n', ['a', '...'], true],
    ['a\n', ['a', '...'], true],
    ['a\nb\nc\n', ['...', 'c'], true],
    ['a\nb\na\n', ['...', 'a'], true],
    ['a\nb\na\nc\n', ['...', 'a', '...', 'c'], true],
    ['a\nb\n', ['...', 'c', '...'], false],
    ['abc\n', ['/b/'], true],
    ['abc\n', ['/^b/'], false],
  ])('%j is as %j: %s', ([text, patterns, same]) => {
    expect(compareConsole(text, patterns.map(pattern)) === undefined).toBe(same);
  });

  test.for<[string, string[], string, string]>([
    ['a\nx\n', ['a', 'b'], '"b"', '"x"'],
    ['a\n', ['a', 'b'], '"b"', 'no more'],
    ['a\nb\n', ['a'], 'no more', '"b"'],
    ['a\nb\n', ['...', '/z/'], '/z/', '"a"'],
  ])('of %j that is not %j is told %s and %s', ([text, patterns, wanted, found]) => {
    expect(compareConsole(text, patterns.map(pattern))).toMatchObject({ wanted, found });
  });
});

describe('bytes that differ', () => {
  test('are shown whole when they are few', () => {
    expect(formatDifference(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toEqual({
      at: 1,
      wanted: '01 02',
      found: '01 03',
    });
  });

  test.for([
    [0, 32, /^00( 00){31}$/],
    [0, 33, /^00( 00){31} \.\.\.$/],
    [100, 200, /^\.\.\. 00( 00){31} \.\.\.$/],
    [199, 200, /^\.\.\. 00( 00){7}$/],
  ] as const)('at %i of %i are shown with what is around', ([at, length, shape]) => {
    const found = new Uint8Array(length);
    found[at] = 0xee;
    const difference = formatDifference(new Uint8Array(length), found);
    expect(difference.at).toBe(at);
    expect(difference.wanted).toMatch(shape);
    expect(difference.found).toContain('ee');
  });
});
