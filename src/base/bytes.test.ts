// Little-endian access at every width, wherever the bytes begin.

import { describe, expect, test } from 'vitest';
import { cString, readUnsigned, size64, viewOf, wordsOf, writeUnsigned } from './bytes.ts';

const bytes = Uint8Array.from([0xff, 1, 2, 3, 4, 5, 6, 7, 8]).subarray(1);

test.for([
  [0, 0n],
  [1, 0x01n],
  [2, 0x0201n],
  [4, 0x0403_0201n],
  [8, 0x0807_0605_0403_0201n],
] as const)('%i bytes are read as %i', ([width, value]) => {
  expect(readUnsigned(viewOf(bytes), 0, width)).toBe(value);
});

test.for([0, 1, 2, 4, 8] as const)('%i bytes are written, no more', (width) => {
  const target = new Uint8Array(9).fill(0xee);
  writeUnsigned(viewOf(target), 0, width, -2n);
  const expected: number[] = Array.from({ length: 9 }, (_, i) => (i < width ? 0xff : 0xee));
  if (width > 0) expected[0] = 0xfe;
  expect([...target]).toEqual(expected);
});

test('a size beyond 2^53 stays large', () => {
  const view = viewOf(new Uint8Array(8).fill(0xff));
  expect(size64(view, 0)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
});

test.for([0, 1, 2, 3])('words begin anywhere: at %i', (start) => {
  const target = new Uint8Array(16);
  target.set([1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 9], start);
  expect([...wordsOf(target.subarray(start, start + 9))]).toEqual([0x0403_0201, 0xffff_ffff]);
});

describe('a C string', () => {
  const text = Uint8Array.from([0x61, 0x62, 0, 0x63]);

  test.for([
    [0, 'ab'],
    [1, 'b'],
    [2, ''],
    [3, undefined],
    [4, undefined],
    [-1, undefined],
  ] as const)('at %i is %o', ([offset, expected]) => {
    expect(cString(text, offset)).toBe(expected);
  });
});
