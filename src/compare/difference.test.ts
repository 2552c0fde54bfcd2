// Differences of sequences: shortest, in order, and whole.

import { describe, expect, test } from 'vitest';
import { difference } from './difference.ts';
import { normalName } from './normal.ts';

const letters = (text: string): string[] => [...text];

describe('difference', () => {
  test('of the same is one run', () => {
    expect(difference(letters('abc'), letters('abc'))).toEqual([{ kind: 'same', count: 3 }]);
  });

  test('of nothing is nothing', () => {
    expect(difference([], [])).toEqual([]);
  });

  test('shows what only one of them has, where it is', () => {
    expect(difference(letters('abxcd'), letters('abcyd'))).toEqual([
      { kind: 'same', count: 2 },
      { kind: 'only-first', names: ['x'] },
      { kind: 'same', count: 1 },
      { kind: 'only-second', names: ['y'] },
      { kind: 'same', count: 1 },
    ]);
  });

  test('is all of both when they share nothing', () => {
    expect(difference(letters('ab'), letters('cd'))).toEqual([
      { kind: 'only-first', names: ['a', 'b'] },
      { kind: 'only-second', names: ['c', 'd'] },
    ]);
  });
});

describe('normalName', () => {
  test.for([
    ['kmalloc_trace', 'kmalloc'],
    ['__kmalloc', 'kmalloc'],
    ['_find_next_bit_le', '_find_next_bit'],
    ['mutex_lock', 'mutex_lock'],
    ['kmemdup', 'kmemdup'],
    ['memcpy', undefined],
    ['strlen', undefined],
    ['__aeabi_uidiv', undefined],
    ['_raw_spin_lock_irqsave', undefined],
  ] as const)('%s is %s', ([symbol, name]) => {
    expect(normalName(symbol)).toBe(name);
  });
});
