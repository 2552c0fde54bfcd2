// Breakpoints: what was asked for, where that is now, and traps there.  A module that
// comes or goes, in either direction of time, changes where.

import type { Addr } from '../base/address.ts';
import { isHit } from './hit-condition.ts';
import type { Breakpoint, BreakpointPlace, BreakpointSpec } from './model.ts';
import type { TrapSet } from './trap-set.ts';

/** Finds the places that a location names. */
export type Resolve = (location: string) => {
  readonly places: readonly BreakpointPlace[];
  readonly problem: string | undefined;
};

interface Entry {
  readonly id: number;
  spec: BreakpointSpec;
  hits: number;
  places: readonly BreakpointPlace[];
  problem: string | undefined;
  /** Where its traps are. */
  trapped: readonly Addr[];
}

export class BreakpointTable {
  readonly #traps: TrapSet;
  readonly #resolve: Resolve;
  readonly #stopFor: (address: Addr) => Addr;
  readonly #entries = new Map<number, Entry>();
  #nextId = 1;

  /** @param stopFor the address to stop at for one where the CPU does not stop */
  constructor(traps: TrapSet, resolve: Resolve, stopFor: (address: Addr) => Addr) {
    this.#traps = traps;
    this.#resolve = resolve;
    this.#stopFor = stopFor;
  }

  add(spec: BreakpointSpec): Breakpoint {
    const id = this.#nextId++;
    const entry: Entry = { id, spec, hits: 0, places: [], problem: undefined, trapped: [] };
    this.#entries.set(id, entry);
    this.#place(entry);
    return seen(entry);
  }

  change(id: number, spec: Partial<BreakpointSpec>): Breakpoint | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    entry.spec = { ...entry.spec, ...spec };
    this.#place(entry);
    return seen(entry);
  }

  remove(id: number): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    for (const address of entry.trapped) this.#traps.release(address);
    return this.#entries.delete(id);
  }

  list(): readonly Breakpoint[] {
    return [...this.#entries.values()].map(seen);
  }

  get(id: number): Breakpoint | undefined {
    const entry = this.#entries.get(id);
    return entry && seen(entry);
  }

  /** Finds all places again: modules have come or gone. */
  update(): void {
    for (const entry of this.#entries.values()) this.#place(entry);
  }

  /** The enabled ones at an address, oldest first. */
  at(address: Addr): readonly Breakpoint[] {
    return [...this.#entries.values()].filter((each) => each.trapped.includes(address)).map(seen);
  }

  /** Counts a hit; answers whether it is one to stop for, and not one to be ignored. */
  hit(id: number): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    entry.hits++;
    const { ignore = 0, hitCondition } = entry.spec;
    if (ignore <= 0) return hitCondition === undefined || isHit(entry.hits, hitCondition);
    entry.spec = { ...entry.spec, ignore: ignore - 1 };
    return false;
  }

  #place(entry: Entry): void {
    const { places, problem } = this.#resolve(entry.spec.location);
    const enabled = entry.spec.enabled !== false;
    const wanted = enabled ? [...new Set(places.map(({ address }) => this.#stopFor(address)))] : [];
    const before = entry.trapped;
    for (const address of wanted) if (!before.includes(address)) this.#traps.acquire(address);
    for (const address of before) if (!wanted.includes(address)) this.#traps.release(address);
    entry.places = places;
    entry.problem = problem;
    entry.trapped = wanted;
  }
}

function seen({ id, spec, hits, places, problem }: Entry): Breakpoint {
  return { id, spec, enabled: spec.enabled !== false, hits, places, problem };
}
