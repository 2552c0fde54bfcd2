// Listings of code made by hand.

import { expect, test } from 'vitest';
import type { CodeInstruction, ObjectCode } from './code.ts';
import { listingOf } from './listing.ts';

const instruction = (offset: number, mnemonic: string, operands = ''): CodeInstruction => ({
  ...{ offset, mnemonic, operands, source: undefined, branch: undefined },
  ...{ bytes: 2, raw: `0f ${offset.toString(16).padStart(2, '0')}` },
});

const source = { file: 'a.c', line: 1 };

const code: ObjectCode = {
  ...{ name: 'm', file: 'dir/m.ko', arch: 'amd64', digest: '', branches: [], places: new Map() },
  instructions: [instruction(0, 'nop'), instruction(2, 'je', '0x6'), instruction(16, 'ret')],
  functions: [
    { name: 'lined', isPart: false, source, first: 0, end: 1 },
    { name: 'f', isPart: false, source: undefined, first: 1, end: 2 },
    { name: 'g', isPart: false, source: undefined, first: 2, end: 3 },
  ],
};

test('functions without lines are listed, and where each instruction is', () => {
  const listing = listingOf(code, new Set());
  expect(listing?.name).toBe('m.ko.disassembly');
  expect(listing?.text.split('\n')).toEqual([
    'f:',
    '       2:  0f 02                    je 0x6',
    '',
    'g:',
    '      10:  0f 10                    ret',
    '',
  ]);
  expect([...(listing?.lines ?? [])]).toEqual([
    [1, 2],
    [2, 5],
  ]);
  expect([...(listing?.functions ?? [])]).toEqual([
    [1, 1],
    [2, 4],
  ]);
});

test('an object with lines for everything has no listing', () => {
  expect(listingOf({ ...code, functions: code.functions.slice(0, 1) }, new Set())).toBeUndefined();
});

test('a name that is taken is not given twice', () => {
  const taken = new Set(['m.ko.disassembly', 'm.ko.2.disassembly']);
  expect(listingOf(code, taken)?.name).toBe('m.ko.3.disassembly');
});
