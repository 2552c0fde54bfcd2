// One row of numbers for breakpoints and watchpoints, as gdb has it: the debugger
// counts them apart, and counts those of others.

export type StopKind = 'breakpoint' | 'watchpoint';

export interface NumberedStop {
  readonly kind: StopKind;
  readonly id: number;
}

export class StopNumbers {
  readonly #known: NumberedStop[] = [];

  /** The number of one; a new one if it has none yet. */
  of(kind: StopKind, id: number): number {
    const index = this.#known.findIndex((each) => each.kind === kind && each.id === id);
    return index >= 0 ? index + 1 : this.#known.push({ kind, id });
  }

  /** What a number means; undefined: nothing ever had it. */
  find(number: number): NumberedStop | undefined {
    return this.#known[number - 1];
  }
}
