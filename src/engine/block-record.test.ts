// The record of blocks as JavaScript writes it; test/coverage.test.ts holds the machine
// code to the same.

import { expect, test } from 'vitest';
import { addr } from '../base/address.ts';
import { BlockRecord } from './block-record.ts';
import { CELL_BYTES, RECORD } from './cells.ts';

const BASE = addr(0xffff_ffff_c000_0000n);
const WINDOW = 64;

function opened(): BlockRecord {
  const record = new BlockRecord(new Int32Array(CELL_BYTES / 4), false);
  record.open({ base: BASE, bytes: WINDOW });
  return record;
}

/** A block is entered, as the callback does it. */
function enter(record: BlockRecord, offset: number, bytes: number): void {
  const at = BASE + BigInt(offset);
  record.reach(at);
  record.enter(at, bytes);
}

const left = (record: BlockRecord, offset: number): void =>
  record.leave(() => BASE + BigInt(offset));

test('a block leaves its size, and that the next one began behind it or elsewhere', () => {
  const record = opened();
  enter(record, 0, 8);
  enter(record, 8, 4);
  enter(record, 0, 8);
  left(record, 8);
  expect(record.words[0]).toBe(RECORD.fell | 8);
  expect(record.words[8]).toBe(RECORD.jumped | 4);
});

test('a block that is reached but not entered has not run, and is reached once', () => {
  const record = opened();
  enter(record, 0, 8);
  record.reach(BASE + 16n);
  record.reach(BASE + 8n);
  expect(record.words[0]).toBe(RECORD.jumped | 8);
  expect(record.words[16]).toBe(0);
});

test.for([
  ['at its beginning', 0, 0],
  ['within', 5, 5],
  ['at its last byte', 7, 7],
] as const)('a block that is left %s ran so far', ([, offset, bytes]) => {
  const record = opened();
  enter(record, 0, 8);
  left(record, offset);
  enter(record, 32, 4);
  expect(record.words[0]).toBe(bytes);
});

test('a block that ran to its end once has run to its end', () => {
  const record = opened();
  enter(record, 0, 8);
  enter(record, 8, 4);
  enter(record, 0, 8);
  left(record, 3);
  expect(record.words[0]).toBe(RECORD.fell | 8);
});

test.for([
  ['the first byte', 0, true],
  ['the last byte', WINDOW - 1, true],
  ['behind it', WINDOW, false],
  ['before it', -1, false],
] as const)('of the window: %s', ([, offset, inside]) => {
  const record = opened();
  enter(record, offset, 8);
  expect(record.words.some((word) => word !== 0)).toBe(inside);
});

test('what is outside is where a block inside went', () => {
  const record = opened();
  enter(record, 0, 8);
  enter(record, 4096, 8);
  enter(record, 16, 8);
  expect(record.words[0]).toBe(RECORD.jumped | 8);
});

test('an opened window knows nothing of the one before', () => {
  const record = opened();
  enter(record, 0, 8);
  record.open({ base: BASE, bytes: WINDOW });
  enter(record, 8, 8);
  expect(record.words[0]).toBe(0);
});
