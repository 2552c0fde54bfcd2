// Common symbols: variables that the compiler leaves to the linker, because C once
// allowed each file to declare one (-fcommon).  Each gets memory of its own, zeroed,
// behind .bss, in the order of the symbol table, as ld.lld does it; st_value is the
// alignment.  One module's are not shared with another's, even of one name.
// https://www.sco.com/developers/gabi/latest/ch4.symtab.html

import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Spot } from './layout.ts';
import type { ProblemList } from './problems.ts';
import { SEGMENT_DATA, type SegmentKind } from './segments.ts';

/** What symbols() calls their section, as linkers' maps do. */
export const COMMON_SECTION = 'COMMON';

const ALIGN_LIMIT = 1n << 31n;

/** Their places, by symbol index. */
export function placeCommons(
  { symbols }: ElfObject,
  rooms: { append(kind: SegmentKind, bytes: number, align: number): Spot },
  problems: ProblemList,
): ReadonlyMap<number, Spot> {
  const places = new Map<number, Spot>();
  for (let i = 1; i < symbols.count; i++) {
    if (symbols.sectionAt(i) !== C.SHN_COMMON) continue;
    const align = symbols.valueAt(i) || 1n;
    if (align > ALIGN_LIMIT || (align & (align - 1n)) !== 0n)
      problems.add({ kind: 'bad-common', symbol: symbols.nameAt(i), align });
    else places.set(i, rooms.append(SEGMENT_DATA, symbols.sizeAt(i), Number(align)));
  }
  return places;
}
