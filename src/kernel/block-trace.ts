// The way a run took through its modules: each stretch of code without a branch, in
// the order in which they ran.  Two runs of the same input take the same way, unless
// they differ in something else; where they part is what depends on it.

import { type Addr, addr, plus } from '../base/address.ts';
import type { Trap } from '../engine/traps.ts';
import type { Machine } from '../machine/machine.ts';
import type { ModuleView } from './view.ts';

/** Of blocks that are remembered; what comes later is not compared. */
const LIMIT = 1 << 20;
const LOW = 0xffff_ffffn;

/** A block's first byte, and its last. */
export interface Stretch {
  readonly first: Addr;
  readonly last: Addr;
}

export class BlockTrace {
  readonly #machine: Machine;
  /** By module. */
  readonly #traps = new Map<
    number,
    { readonly view: ModuleView; readonly traps: readonly Trap[] }
  >();
  /** The low halves of addresses; the modules share the high one. */
  #low = new Uint32Array(1 << 12);
  #bytes = new Uint16Array(1 << 12);
  #high = 0n;
  #length = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** How many blocks are remembered. */
  get length(): number {
    return this.#length;
  }

  /** Follows a module that was just linked. */
  add(view: ModuleView): void {
    this.remove(view);
    if (this.#length === LIMIT) return;
    const traps = view.segments
      .filter(({ executable, bytes }) => executable && bytes > 0)
      .map(({ base, bytes }) =>
        this.#machine.engine.traceBlocks(base, plus(base, bytes - 1), (first, size) => {
          this.#note(first, size);
        }),
      );
    this.#traps.set(view.id, { view, traps });
  }

  remove({ id }: ModuleView): void {
    for (const trap of this.#traps.get(id)?.traps ?? []) trap.remove();
    this.#traps.delete(id);
  }

  /** Where the machine has paused: what is full need not be told any more. */
  settle(): void {
    if (this.#length === LIMIT) for (const { view } of this.#traps.values()) this.remove(view);
  }

  /** Begins anew, with these modules. */
  reset(views: readonly ModuleView[]): void {
    this.#length = 0;
    for (const { view } of this.#traps.values()) if (!views.includes(view)) this.remove(view);
    for (const view of views) if (!this.#traps.has(view.id)) this.add(view);
  }

  at(index: number): Stretch | undefined {
    const low = this.#low[index];
    if (low === undefined || index >= this.#length) return undefined;
    const first = addr(this.#high | BigInt(low));
    return { first, last: plus(first, (this.#bytes[index] ?? 1) - 1) };
  }

  /** Where two ways part: the first index that differs; undefined: nowhere. */
  partsFrom(other: BlockTrace): number | undefined {
    const shared = Math.min(this.#length, other.#length);
    for (let i = 0; i < shared; i++) if (this.#low[i] !== other.#low[i]) return i;
    return this.#length === other.#length ? undefined : shared;
  }

  /** Allocates nothing, but for when the arrays are full. */
  #note(first: Addr, bytes: number): void {
    if (this.#length === LIMIT) return;
    if (this.#length === this.#low.length) {
      this.#low = grown(this.#low, new Uint32Array(this.#length * 2));
      this.#bytes = grown(this.#bytes, new Uint16Array(this.#length * 2));
    }
    this.#high = first & ~LOW;
    this.#low[this.#length] = Number(first & LOW);
    this.#bytes[this.#length] = bytes;
    this.#length++;
    if (this.#length === LIMIT) this.#machine.pauseSoon();
  }
}

function grown<T extends Uint32Array | Uint16Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
