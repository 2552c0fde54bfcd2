// Indirect functions (STT_GNU_IFUNC): the symbol's code is a resolver, which answers
// the function that is meant.  The kernel calls it once, when the module is loaded, and
// puts the answer into a slot; everybody else, other modules too, is given the address
// of a stub that jumps to where the slot points.  So all addresses of one function
// compare equal, as with the canonical PLT entries of ld.lld.
// https://sourceware.org/glibc/wiki/GNU_IFUNC

import type { LinkArch } from '../arch/link-arch.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import { assert } from '../base/result.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Placement } from './layout.ts';
import type { ProblemList } from './problems.ts';
import type { Placed } from './resolve.ts';
import { SEGMENT_DATA, SEGMENT_TEXT, type SegmentKind } from './segments.ts';

/** What their stubs lie in, in link maps. */
export const IFUNC_SECTION = '(indirect functions)';

/** Where the code of every stub lies; their slots are data. */
export const STUB_SEGMENT = SEGMENT_TEXT;

/** The places of one indirect function. */
export interface IfuncPlaces<Place> {
  readonly stub: Place;
  readonly slot: Place;
}

/** The word at `slot` is to hold what the function at `resolver` answers. */
export interface LinkedIfunc {
  /** With the Thumb bit. */
  readonly resolver: bigint;
  readonly slot: Addr;
}

interface Rooms<Spot> {
  append(kind: SegmentKind, bytes: number, align: number): Spot;
  /** undefined: not loaded. */
  kindOf(section: number): SegmentKind | undefined;
}

/** Symbols; libc of amd64 has about a hundred. */
export const IFUNC_LIMIT = 10_000;

/** A stub and a slot for every resolver, by symbol index: aliases share them. */
export function placeIfuncs<Spot>(
  object: ElfObject,
  { indirectStub, wordBytes }: LinkArch,
  rooms: Rooms<Spot>,
  problems: ProblemList,
): ReadonlyMap<number, IfuncPlaces<Spot>> {
  const { symbols } = object;
  const places = new Map<number, IfuncPlaces<Spot>>();
  const byResolver = new Map<string, IfuncPlaces<Spot>>();
  for (let i = 1; i < symbols.count; i++) {
    if (symbols.typeAt(i) !== C.STT_GNU_IFUNC) continue;
    const section = symbols.sectionAt(i);
    if (rooms.kindOf(section) === undefined) continue;
    if (places.size === IFUNC_LIMIT) {
      problems.add({ kind: 'too-many-ifuncs', limit: IFUNC_LIMIT });
      break;
    }
    const key = `${section}+${symbols.valueAt(i)}`;
    const place = byResolver.get(key) ?? {
      stub: rooms.append(STUB_SEGMENT, indirectStub.bytes, indirectStub.align),
      slot: rooms.append(SEGMENT_DATA, wordBytes, wordBytes),
    };
    byResolver.set(key, place);
    places.set(i, place);
  }
  return places;
}

/** Writes every stub, and answers what the kernel has to put into their slots. */
export function writeStubs(
  { object: { symbols }, arch, layout, bases }: Placed & { readonly arch: LinkArch },
  images: readonly Uint8Array[],
): readonly LinkedIfunc[] {
  const addressOf = (place: Placement | undefined): Addr => {
    const base = place && bases[place.segment];
    assert(base !== undefined, 'resolvers, stubs and slots have addresses');
    return plus(base, place?.offset ?? 0);
  };
  const bySlot = new Map<Addr, LinkedIfunc>();
  for (const [symbol, places] of layout.ifuncs) {
    const slot = addressOf(places.slot);
    const section = addressOf(layout.placements[symbols.sectionAt(symbol)]);
    const resolver = addr(section + symbols.valueAt(symbol));
    images[places.stub.segment]?.set(arch.indirectStub.code(slot), places.stub.offset);
    bySlot.set(slot, { resolver, slot });
  }
  return [...bySlot.values()];
}
