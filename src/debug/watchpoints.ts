// Watchpoints: loads and stores of the guest that touch given bytes.  The CPU cannot
// be stopped in the middle of an access, so accesses are noted with their moment; the
// session goes there afterwards.  Watched is physical memory: an access through
// another address of the same bytes counts.

import { type Addr, plus } from '../base/address.ts';
import type { MemoryAccess, Trap } from '../engine/traps.ts';
import type { Machine } from '../machine/machine.ts';
import type { Position } from '../machine/stop.ts';
import { isHit } from './hit-condition.ts';
import type { Watchpoint, WatchSpec } from './model.ts';

/** An access to watched bytes. */
export interface Noted {
  readonly id: number;
  readonly access: 'read' | 'write';
  /** Of the instruction, before it. */
  readonly position: Position;
  /** All watched bytes, before and after. */
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

interface Entry {
  readonly id: number;
  readonly spec: WatchSpec;
  hits: number;
  traps: readonly Trap[];
}

const PAGE = 4096;
/** The bytes of the widest access. */
const WIDEST = 32;
/** More bytes than this are a region, not a variable. */
export const WATCH_LIMIT = 4096;

export class WatchpointTable {
  readonly #machine: Machine;
  readonly #wanted: () => boolean;
  readonly #entries = new Map<number, Entry>();
  #nextId = 1;
  /** Since the last take(). */
  #noted: Noted[] = [];

  /** @param wanted whether accesses matter now */
  constructor(machine: Machine, wanted: () => boolean) {
    this.#machine = machine;
    this.#wanted = wanted;
  }

  add(spec: WatchSpec): Watchpoint | string {
    const { address, bytes } = spec;
    if (bytes < 1 || bytes > WATCH_LIMIT)
      return `${bytes} bytes cannot be watched; at least 1 and at most ${WATCH_LIMIT} can`;
    if (!this.#machine.memory.covers(address, bytes))
      return `0x${address.toString(16)} is not mapped, so there is nothing to watch`;
    const entry: Entry = { id: this.#nextId++, spec, hits: 0, traps: [] };
    this.#entries.set(entry.id, entry);
    this.#place(entry);
    return seen(entry);
  }

  remove(id: number): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    for (const trap of entry.traps) trap.remove();
    return this.#entries.delete(id);
  }

  list(): readonly Watchpoint[] {
    return [...this.#entries.values()].map(seen);
  }

  get(id: number): Watchpoint | undefined {
    const entry = this.#entries.get(id);
    return entry && seen(entry);
  }

  /** Counts a hit; answers whether it is one to stop for. */
  hit(id: number): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    entry.hits++;
    const { hitCondition } = entry.spec;
    return hitCondition === undefined || isHit(entry.hits, hitCondition);
  }

  /** Watches where the bytes are now: they may have been mapped otherwise. */
  update(): void {
    for (const entry of this.#entries.values()) this.#place(entry);
  }

  /** The accesses since the last call, in their order. */
  take(): readonly Noted[] {
    const noted = this.#noted;
    this.#noted = [];
    return noted;
  }

  #place(entry: Entry): void {
    const { address, bytes, kind } = entry.spec;
    // Before its module has come nothing is mapped there; where it was, it will be again.
    if (entry.traps.length > 0 && !this.#machine.memory.covers(address, bytes)) return;
    for (const trap of entry.traps) trap.remove();
    const kinds = { read: kind !== 'write', write: kind !== 'read' };
    const traps: Trap[] = [];
    for (let done = 0; done < bytes; ) {
      const here = plus(address, done);
      const length = Math.min(bytes - done, PAGE - Number(here & BigInt(PAGE - 1)));
      const physical = this.#machine.memory.translate(here)?.physical;
      if (physical !== undefined) {
        const first = BigInt(physical) as Addr;
        const start = done;
        // An access that begins before the bytes may reach into them.
        const before = Math.min(WIDEST - 1, Number(here & BigInt(PAGE - 1)));
        const low = plus(first, -before);
        traps.push(
          this.#machine.engine.trapMemory(low, plus(first, length - 1), kinds, (access) => {
            const offset = Number(access.address - first);
            if (this.#wanted() && offset + access.bytes > 0)
              this.#note(entry, start + offset, access);
          }),
        );
      }
      done += length;
    }
    entry.traps = traps;
  }

  /** @param offset of the access in the watched bytes; it may begin before them */
  #note({ id, spec }: Entry, offset: number, { write, bytes, value }: MemoryAccess): void {
    const old = this.#machine.memory.read(spec.address, spec.bytes);
    if (old === undefined) return;
    const after = old.slice();
    if (write) {
      for (let i = 0; i < bytes; i++) {
        const byte = Number((value >> BigInt(8 * i)) & 0xffn);
        if (offset + i >= 0 && offset + i < after.length) after[offset + i] = byte;
      }
      if (spec.kind === 'write' && after.every((byte, i) => byte === old[i])) return;
    }
    const position = this.#machine.accessPosition;
    this.#noted.push({ id, access: write ? 'write' : 'read', position, old, new: after });
    this.#machine.pauseSoon();
  }
}

function seen({ id, spec, hits }: Entry): Watchpoint {
  return { id, spec, hits };
}
