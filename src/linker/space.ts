// Bases for an object that no kernel has placed: one area behind the other, each on
// pages of its own.  An address space ends, and nothing may go round to its start.

import { type Addr, addr } from '../base/address.ts';
import { type Result, unlessRefused } from '../base/result.ts';
import { placeAreas } from './areas.ts';
import type { Layout } from './layout.ts';
import type { LinkProblem } from './problems.ts';

const PAGE = 4096;

/** From `start` up, below 2^32 or 2^64. */
export function consecutiveBases(
  layout: Layout,
  start: Addr,
  wordBytes: 4 | 8,
): Result<readonly Addr[], LinkProblem> {
  const end = 1n << BigInt(wordBytes * 8);
  const problems: LinkProblem[] = [];
  let at: bigint = start;
  const bases = placeAreas(layout, (bytes, align) => {
    const step = BigInt(Math.max(PAGE, align));
    const base = ((at + step - 1n) / step) * step;
    at = base + BigInt(bytes);
    if (at > end) problems.push({ kind: 'beyond-space', base, bytes, wordBytes });
    return addr(base);
  });
  return unlessRefused(bases, problems);
}
