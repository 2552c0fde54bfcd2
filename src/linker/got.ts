// The global offset table of a module: one word for each symbol that code compiled
// with -fPIC loads an address from.  How many there are is known before any
// address is: they are counted from the relocations, one slot for each symbol.
// The table is read-only data once it is filled.

import type { LinkArch } from '../arch/link-arch.ts';
import type { GotUse } from '../arch/relocation.ts';
import type { Addr } from '../base/address.ts';
import { plus } from '../base/address.ts';
import { viewOf, writeUnsigned } from '../base/bytes.ts';
import { assert } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Layout } from './layout.ts';
import type { Resolution } from './resolve.ts';

/** What the object defines nowhere and means the table. */
export const GOT_SYMBOL = '_GLOBAL_OFFSET_TABLE_';

/** One slot: the address of `symbol` plus `addend`. */
interface Slot {
  readonly symbol: number;
  readonly addend: bigint;
  readonly offset: number;
}

export class GotSlots {
  readonly all: Slot[] = [];
  readonly #wordBytes: number;
  readonly #offsets = new Map<number | string, number>();

  constructor(wordBytes: number) {
    this.#wordBytes = wordBytes;
  }

  /** A table that is only asked where it is has room for a word, too. */
  get bytes(): number {
    return Math.max(1, this.all.length) * this.#wordBytes;
  }

  reserve(use: GotUse, symbol: number, addend: bigint): void {
    const key = keyOf(use, symbol, addend);
    if (key === undefined || this.#offsets.has(key)) return;
    const offset = this.all.length * this.#wordBytes;
    this.#offsets.set(key, offset);
    this.all.push({ symbol, addend: key === symbol ? 0n : addend, offset });
  }

  /** Where the slot lies in the table; undefined: `use` needs none. */
  offsetOf(use: GotUse, symbol: number, addend: bigint): number | undefined {
    const key = keyOf(use, symbol, addend);
    return key === undefined ? undefined : this.#offsets.get(key);
  }
}

function keyOf(use: GotUse, symbol: number, addend: bigint): number | string | undefined {
  switch (use) {
    case 'base':
      return undefined;
    case 'slot':
      return symbol;
    case 'slot of S + A':
      return addend === 0n ? symbol : `${symbol}+${addend}`;
  }
}

/** The slots that the relocations of loaded sections ask for; undefined: no table. */
export function reserveGot(
  object: ElfObject,
  arch: LinkArch,
  isPlaced: (section: number) => boolean,
): GotSlots | undefined {
  let slots: GotSlots | undefined;
  for (const table of object.relocations) {
    const useOf = (type: number): GotUse | undefined => arch.relocations.get(type)?.got;
    const asks = [...table.types].some((type) => useOf(type) !== undefined);
    if (!asks || !isPlaced(table.target.index)) continue;
    for (let i = 0; i < table.count; i++) {
      const use = useOf(table.typeAt(i));
      if (use === undefined) continue;
      slots ??= new GotSlots(arch.wordBytes);
      slots.reserve(use, table.symbolAt(i), table.addendAt(i));
    }
  }
  return slots;
}

/** Where the table begins; undefined: the object needs none. */
export function gotAddress({ got }: Layout, bases: readonly Addr[]): Addr | undefined {
  if (got === undefined) return undefined;
  const base = bases[got.segment];
  assert(base !== undefined, 'the segment of the GOT has a base');
  return plus(base, got.offset);
}

/** Fills every slot whose symbol has a value; a problem tells of the others. */
export function fillGot(
  { arch, layout: { got } }: { readonly arch: LinkArch; readonly layout: Layout },
  resolution: Resolution,
  images: readonly Uint8Array[],
): void {
  if (got === undefined) return;
  const image = images[got.segment];
  assert(image !== undefined, 'the GOT has a segment');
  const view = viewOf(image);
  for (const { symbol, addend, offset } of got.slots.all) {
    const resolved = resolution.of(symbol);
    if (resolved === undefined) continue;
    const value = (resolved.value + addend) | (resolved.set === 'thumb' ? 1n : 0n);
    writeUnsigned(view, got.offset + offset, arch.wordBytes, value);
  }
}
