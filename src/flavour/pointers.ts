// Follows pointers in an object that has no addresses yet: a pointer is a
// relocation of a whole word against a symbol of the object.

import type { LinkArch } from '../arch/link-arch.ts';
import { cString, readUnsigned, viewOf } from '../base/bytes.ts';
import * as C from '../object/elf/constants.ts';
import { contentOf, type ElfObject, type ElfPlace } from '../object/elf/model.ts';
import type { RelocationIndex } from './relocation-index.ts';

/** Where pointers are followed. */
export interface Pointers {
  readonly object: ElfObject;
  readonly arch: LinkArch;
  readonly relocations: RelocationIndex;
}

/** A place in an object. */
export type Spot = ElfPlace;

export type Pointer =
  | { readonly kind: 'null' }
  | { readonly kind: 'to'; readonly spot: Spot; readonly symbol: number }
  /** What was found instead, to be said after "the pointer at ...". */
  | { readonly kind: 'bad'; readonly found: string };

/** Where the pointer at `spot` will point. */
export function followPointer({ object, arch, relocations }: Pointers, spot: Spot): Pointer {
  const content = contentOf(object, spot.section);
  if (spot.offset < 0 || spot.offset + arch.wordBytes > content.length) {
    return { kind: 'bad', found: 'lies outside the section' };
  }
  const raw = readUnsigned(viewOf(content), spot.offset, arch.wordBytes);
  for (const { table, i } of relocations.at(spot.section, spot.offset)) {
    const rule = arch.relocations.get(table.typeAt(i));
    if (rule?.field.bytes === 0) continue;
    if (rule?.field.bytes !== arch.wordBytes || rule.formula.includes('P')) {
      return { kind: 'bad', found: `has a relocation of type ${table.typeAt(i)}` };
    }
    const addend = table.addends === 'in-record' ? table.addendAt(i) : rule.field.extract(raw);
    if (rule.dynamic === 'base') return pointerAt(object, addend);
    // What linkers leave in such a word is not an addend.
    const isPlain = rule.dynamic === 'symbol' && table.addends === 'in-place';
    return pointerTo(object, table.symbolAt(i), isPlain ? 0n : addend);
  }
  return raw === 0n ? { kind: 'null' } : { kind: 'bad', found: 'has no relocation' };
}

/** An address of a shared object. */
function pointerAt({ dynamic }: ElfObject, address: bigint): Pointer {
  const spot = dynamic?.placeOf(BigInt.asUintN(64, address));
  return spot === undefined
    ? {
        kind: 'bad',
        found: `points to 0x${BigInt.asUintN(64, address).toString(16)}, where nothing is`,
      }
    : { kind: 'to', spot, symbol: 0 };
}

function pointerTo(object: ElfObject, symbol: number, addend: bigint): Pointer {
  const { symbols, sections } = object;
  const index = symbols.sectionAt(symbol);
  const section = sections[index];
  if (index === C.SHN_UNDEF || section === undefined) {
    return {
      kind: 'bad',
      found: `points to ${symbols.nameAt(symbol) || 'no symbol'}, which has no section here`,
    };
  }
  const offset = BigInt.asIntN(64, symbols.valueAt(symbol) + addend);
  if (offset < 0n || offset > BigInt(section.size)) {
    return { kind: 'bad', found: `points outside section ${section.name}` };
  }
  return { kind: 'to', spot: { section, offset: Number(offset) }, symbol };
}

/** The string at `spot`; undefined when it does not end within `most` bytes. */
export function stringAt(object: ElfObject, spot: Spot, most: number): string | undefined {
  const content = contentOf(object, spot.section);
  return cString(content.subarray(0, spot.offset + most + 1), spot.offset);
}

/** The u32 at `spot`; undefined outside the section's content. */
export function wordAt(object: ElfObject, spot: Spot): number | undefined {
  const content = contentOf(object, spot.section);
  if (spot.offset + 4 > content.length) return undefined;
  return viewOf(content).getUint32(spot.offset, true);
}
