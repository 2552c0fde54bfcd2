// Relocations by the place they change.  Modules describe themselves in structures
// full of pointers, and looking through all relocations for each would take for ever
// where there are many of both.

import type { ElfObject, ElfRelocations, ElfSection } from '../object/elf/model.ts';

export interface OneRelocation {
  readonly table: ElfRelocations;
  readonly i: number;
}

export class RelocationIndex {
  readonly #tables = new Map<number, ElfRelocations[]>();
  readonly #places = new Map<number, ReadonlyMap<number, readonly OneRelocation[]>>();

  constructor(object: ElfObject) {
    for (const table of object.relocations) {
      const before = this.#tables.get(table.target.index);
      if (before === undefined) this.#tables.set(table.target.index, [table]);
      else before.push(table);
    }
  }

  /** Those of the section, in the order of the file. */
  of({ index }: ElfSection): readonly ElfRelocations[] {
    return this.#tables.get(index) ?? [];
  }

  /** Those at this offset of the section, in the order of the file. */
  at(section: ElfSection, offset: number): readonly OneRelocation[] {
    let places = this.#places.get(section.index);
    if (places === undefined) {
      places = byOffset(this.of(section));
      this.#places.set(section.index, places);
    }
    return places.get(offset) ?? [];
  }
}

function byOffset(
  tables: readonly ElfRelocations[],
): ReadonlyMap<number, readonly OneRelocation[]> {
  const places = new Map<number, OneRelocation[]>();
  for (const table of tables) {
    for (let i = 0; i < table.count; i++) {
      const offset = table.offsetAt(i);
      const before = places.get(offset);
      if (before === undefined) places.set(offset, [{ table, i }]);
      else before.push({ table, i });
    }
  }
  return places;
}
