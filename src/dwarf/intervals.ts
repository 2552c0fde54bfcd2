// Finds what an address belongs to among ranges that may nest.

import type { Narrow } from './cursor.ts';

export interface Interval<T> {
  readonly low: Narrow;
  readonly high: Narrow;
  readonly value: T;
}

export class Intervals<T> {
  readonly #sorted: readonly Interval<T>[];
  /** For each, the highest end of it and all before it. */
  readonly #reach: Float64Array;

  constructor(intervals: readonly Interval<T>[]) {
    // Of those that begin together the smallest comes last: it is found first.
    this.#sorted = [...intervals].sort((a, b) => a.low - b.low || b.high - a.high);
    this.#reach = new Float64Array(this.#sorted.length);
    let reach = Number.NEGATIVE_INFINITY;
    this.#sorted.forEach(({ high }, i) => {
      reach = Math.max(reach, high);
      this.#reach[i] = reach;
    });
  }

  /** The innermost one that holds the address. */
  at(address: Narrow): T | undefined {
    for (let i = this.#lastFrom(address); i >= 0 && (this.#reach[i] ?? 0) > address; i--) {
      const found = this.#sorted[i];
      if (found !== undefined && address < found.high) return found.value;
    }
    return undefined;
  }

  /** The last one that begins at the address or before it; -1: none. */
  #lastFrom(address: Narrow): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle]?.low ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
