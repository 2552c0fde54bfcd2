// Numbers for things that the client asks more about later: frames, scopes, values.
// They hold while the guest stands still; a number of an earlier stop means nothing.

import { Refusal } from './fields.ts';

/** How many things of one stop can be asked about. */
const LIMIT = 1_000_000;

export class Handles<T> {
  readonly #what: string;
  readonly #things = new Map<number, T>();
  #next = 1;

  /** @param what what to call the things in messages: "frame" */
  constructor(what: string) {
    this.#what = what;
  }

  add(thing: T): number {
    if (this.#things.size >= LIMIT)
      throw new Refusal(`too many ${this.#what}s were asked for in one stop`);
    this.#things.set(this.#next, thing);
    return this.#next++;
  }

  /** @throws Refusal if there is none, or not any more */
  get(id: number): T {
    const thing = this.#things.get(id);
    if (thing !== undefined) return thing;
    throw new Refusal(`no ${this.#what} ${id}: the guest has gone on since, or it never was`);
  }

  /** The guest goes on. */
  clear(): void {
    this.#things.clear();
  }
}
