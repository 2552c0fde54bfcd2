// Conditions on how often a breakpoint was hit.

import type { HitCondition } from './model.ts';

/** @param hits counted from 1 */
export function isHit(hits: number, { test, count }: HitCondition): boolean {
  switch (test) {
    case '==':
      return hits === count;
    case '>=':
      return hits >= count;
    case '>':
      return hits > count;
    case '<=':
      return hits <= count;
    case '<':
      return hits < count;
    case '%':
      return count > 0 && hits % count === 0;
  }
}
