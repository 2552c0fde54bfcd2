// What of an object's code ran: instructions, and which way conditional branches went,
// out of the records of blocks.

import { RECORD } from '../engine/cells.ts';
import type { ObjectCode } from './code.ts';
import type { ModuleRecord } from './recorder.ts';

export interface Hits {
  /** Of each instruction, 1 if it ran. */
  readonly ran: Uint8Array;
  /** Of each conditional branch, WENT. */
  readonly went: Uint8Array;
}

/** Ways of a conditional branch, as bits. */
export const WENT = { elsewhere: 1, on: 2 } as const;

export function noHits({ instructions, branches }: ObjectCode): Hits {
  return { ran: new Uint8Array(instructions.length), went: new Uint8Array(branches.length) };
}

/** Adds what other hits of the same object have. */
export function joinHits(hits: Hits, { ran, went }: Hits): void {
  for (let i = 0; i < ran.length; i++) hits.ran[i] = (hits.ran[i] ?? 0) | (ran[i] ?? 0);
  for (let i = 0; i < went.length; i++) hits.went[i] = (hits.went[i] ?? 0) | (went[i] ?? 0);
}

/** Adds what a record of the object has. */
export function addHits(hits: Hits, code: ObjectCode, { segments }: ModuleRecord): void {
  for (const [index, words] of segments) {
    const places = code.places.get(index);
    if (places === undefined) continue;
    const bytes = Math.min(words.length, places.length);
    for (let at = 0; at < bytes; at++) {
      const word = words[at] ?? 0;
      if (word !== 0) addBlock(hits, code, places, at, word);
    }
  }
}

function addBlock(
  hits: Hits,
  code: ObjectCode,
  places: Int32Array,
  start: number,
  word: number,
): void {
  const end = start + (word & RECORD.bytes);
  for (let at = start; at < end; ) {
    const index = places[at] ?? -1;
    const instruction = code.instructions[index];
    if (instruction === undefined) {
      at++;
      continue;
    }
    hits.ran[index] = 1;
    at += instruction.bytes;
    const { branch } = instruction;
    // A block ends with its branch; how it was left is how the branch went.
    if (branch === undefined || at !== end) continue;
    let went = hits.went[branch] ?? 0;
    if ((word & RECORD.jumped) !== 0) went |= WENT.elsewhere;
    if ((word & RECORD.fell) !== 0) went |= WENT.on;
    hits.went[branch] = went;
  }
}
