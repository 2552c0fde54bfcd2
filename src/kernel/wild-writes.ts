// Wild writes: a module's code that stores into the kernel's own data, or into the
// data of a module that it has nothing to do with.  The memory is watched; a store
// there counts if the instruction is a module's.  What the kernel exports is for
// modules to write, and so is what architecture and Linux share with them, which in
// the kernel's sources is called linux_*.

import { type Addr, addr, plus } from '../base/address.ts';
import type { MemoryAccess, Trap } from '../engine/traps.ts';
import { sameModule } from '../flavour/names.ts';
import type { Machine } from '../machine/machine.ts';
import type { Finding } from './findings.ts';
import type { KernelImage } from './image.ts';
import type { Where } from './symbols.ts';
import type { ModuleView } from './view.ts';

const PAGE = 4096;
/** Of findings that are kept until somebody takes them. */
const LIMIT = 64;
const writes = { read: false, write: true };

interface Range {
  readonly start: Addr;
  readonly end: Addr;
}

export interface WildWriteOptions {
  readonly machine: Machine;
  readonly image: KernelImage;
  readonly locate: (address: Addr) => Where;
}

export class WildWrites {
  readonly #options: WildWriteOptions;
  readonly #shared: readonly Range[];
  readonly #modules = new Map<number, ModuleView>();
  readonly #traps = new Map<number, readonly Trap[]>();
  readonly #kernel: Trap | undefined;
  /** By instruction and target: each is told once. */
  readonly #told = new Set<string>();
  #found: Finding[] = [];

  constructor(options: WildWriteOptions) {
    this.#options = options;
    const { image, machine } = options;
    const [start, end] = ['__data_start', '__kernel_end'].map(
      (name) => image.symbols.byName(name)?.address,
    );
    this.#shared = sharedData(image, start ?? addr(0));
    if (start !== undefined && end !== undefined)
      this.#kernel = this.#watch({ start, end }, machine, undefined);
  }

  /** What was found since the last call. */
  take(): readonly Finding[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  add(view: ModuleView): void {
    this.#modules.set(view.id, view);
    this.#update();
  }

  remove(view: ModuleView): void {
    this.#modules.delete(view.id);
    this.#update();
  }

  /** After a jump in time: these are the modules now. */
  reset(views: readonly ModuleView[]): void {
    this.#told.clear();
    this.#found = [];
    const same = views.length === this.#modules.size;
    if (same && views.every((view) => this.#modules.get(view.id) === view)) return;
    for (const traps of this.#traps.values()) for (const trap of traps) trap.remove();
    this.#traps.clear();
    this.#modules.clear();
    for (const view of views) this.#modules.set(view.id, view);
    this.#update();
  }

  close(): void {
    this.reset([]);
    this.#kernel?.remove();
  }

  /** A module's data is watched while there is one that has no business there. */
  #update(): void {
    const groups = connected([...this.#modules.values()]);
    const apart = new Set(groups.values()).size > 1;
    for (const [id, traps] of this.#traps)
      if (!apart || !this.#modules.has(id)) {
        for (const trap of traps) trap.remove();
        this.#traps.delete(id);
      }
    if (!apart) return;
    for (const view of this.#modules.values())
      if (!this.#traps.has(view.id)) this.#traps.set(view.id, this.#watchModule(view));
  }

  #watchModule(view: ModuleView): readonly Trap[] {
    const { machine } = this.#options;
    const data = view.segments.filter((s) => s.writable && !s.disposable && s.bytes > 0);
    return data.flatMap(({ base, bytes }) => {
      const traps: Trap[] = [];
      // Pages that lie together in the module do not in memory.
      for (let done = 0; done < bytes; ) {
        const start = plus(base, done);
        const length = Math.min(bytes - done, PAGE - Number(start & BigInt(PAGE - 1)));
        const trap = this.#watch({ start, end: plus(start, length) }, machine, view);
        if (trap !== undefined) traps.push(trap);
        done += length;
      }
      return traps;
    });
  }

  #watch({ start, end }: Range, machine: Machine, owner: ModuleView | undefined): Trap | undefined {
    const physical = machine.memory.translate(start)?.physical;
    if (physical === undefined) return undefined;
    const first = addr(BigInt(physical));
    const offset = start - first;
    const last = plus(first, Number(end - start) - 1);
    return machine.engine.trapMemory(first, last, writes, (access) => {
      const writer = this.#writer();
      if (writer !== undefined && writer !== owner)
        this.#note(writer, owner, { ...access, address: addr(access.address + offset) });
    });
  }

  /** The module whose code runs; asked for each store there, most of them the kernel's. */
  #writer(): ModuleView | undefined {
    const { start } = this.#options.machine.engine.slice.block;
    for (const view of this.#modules.values())
      for (const { executable, base, bytes } of view.segments)
        if (executable && start >= base && start < base + BigInt(bytes)) return view;
    return undefined;
  }

  #note(writer: ModuleView, owner: ModuleView | undefined, access: MemoryAccess): void {
    const { machine, locate } = this.#options;
    const { address, bytes } = access;
    if (owner === undefined && this.#shared.some((r) => address >= r.start && address < r.end))
      return;
    const groups = connected([...this.#modules.values()]);
    if (owner !== undefined && groups.get(owner.id) === groups.get(writer.id)) return;
    const { pc } = machine.engine;
    const by = locate(machine.arch.thumbState === undefined ? pc : addr(pc & ~1n));
    const target = locate(address);
    const key = `${by.address} ${target.symbol} ${owner?.name}`;
    if (this.#told.has(key) || this.#found.length === LIMIT) return;
    this.#told.add(key);
    const what =
      target.symbol === undefined
        ? `0x${address.toString(16)}`
        : `${target.symbol}+0x${target.offset.toString(16)}`;
    const whose = owner === undefined ? "the kernel's own data" : `data of ${owner.name}`;
    const text = `a write of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} to ${what}, ${whose}`;
    this.#found.push({ kind: 'wild-write', text, by, address });
  }
}

function sharedData({ symbols, exports, linuxExports }: KernelImage, from: Addr): readonly Range[] {
  const exported = new Set([...exports.values(), ...linuxExports.values()]);
  return (
    symbols.entries
      .filter(
        ({ address, name }) =>
          address >= from && (exported.has(address) || name.startsWith('linux_')),
      )
      // Labels of assembly have no size.
      .map(({ address, size }) => ({ start: address, end: plus(address, size || PAGE) }))
  );
}

/** Which modules have to do with each other, by the modules between, too: groups by id. */
function connected(views: readonly ModuleView[]): ReadonlyMap<number, number> {
  const groups = new Map(views.map(({ id }) => [id, id]));
  const join = (a: number, b: number): void => {
    const [from, to] = [groups.get(a), groups.get(b)];
    if (from === undefined || to === undefined || from === to) return;
    for (const [id, group] of groups) if (group === from) groups.set(id, to);
  };
  for (const { id, uses, description } of views) {
    for (const used of uses) join(id, used);
    for (const other of views)
      if (description.required.some((name) => sameModule(name, other.name))) join(id, other.id);
  }
  return groups;
}
