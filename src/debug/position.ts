// The order of the moments of a run.

import type { Position } from '../machine/stop.ts';

/** Negative when a comes before b, 0 when they are one moment. */
export function compare(a: Position, b: Position): number {
  if (a.now !== b.now) return a.now - b.now;
  if (a.entries !== b.entries) return a.entries - b.entries;
  return a.pc < b.pc ? -1 : a.pc > b.pc ? 1 : 0;
}

export function isBefore(a: Position, b: Position): boolean {
  return compare(a, b) < 0;
}
