// How functions answer that may refuse bad input: a value, or every problem that
// could be found, never an exception.  Exceptions are for our own bugs, and
// assert() throws them.

export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly E[] };

export function succeed<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function refuse<E>(problems: readonly E[]): {
  readonly ok: false;
  readonly problems: readonly E[];
} {
  return { ok: false, problems };
}

/** `value` if nothing went wrong on the way to it. */
export function unlessRefused<T, E>(value: T, problems: readonly E[]): Result<T, E> {
  return problems.length === 0 ? succeed(value) : refuse(problems);
}

/** States what must hold; a failure is a bug in modbox. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`bug in modbox: ${what}`);
}
