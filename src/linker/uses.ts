// Which symbols relocations use, and where.  Loops over all relocations: the first
// question is asked of every object, the second only when a symbol is missing.

import type { LinkArch } from '../arch/link-arch.ts';
import { assert } from '../base/result.ts';
import type { ElfObject, ElfRelocations } from '../object/elf/model.ts';
import type { Layout } from './layout.ts';
import { rulesFor } from './relocation-types.ts';

/** By symbol, 1: relocations of loaded sections really use it. */
export function usedSymbols(object: ElfObject, layout: Layout, arch: LinkArch): Uint8Array {
  const used = new Uint8Array(object.symbols.count);
  const isMark = marks(object, arch);
  for (const table of object.relocations) {
    if (layout.placements[table.target.index] === undefined) continue;
    const hasMarks = [...table.types].some(isMark);
    for (let i = 0; i < table.count; i++)
      if (!hasMarks || !isMark(table.typeAt(i))) used[table.symbolAt(i)] = 1;
  }
  return used;
}

/** R_*_NONE only marks a dependency, as unwind tables do on ARM. */
function marks(object: ElfObject, arch: LinkArch): (type: number) => boolean {
  const rules = rulesFor(arch, object.type);
  return (type) => rules[type]?.field.bytes === 0;
}

interface Use {
  readonly table: ElfRelocations;
  readonly first: number;
  readonly count: number;
}

export interface Uses {
  /** Of a symbol that is used. */
  of(symbol: number): Use;
}

/** Where each symbol is used first, and how often: for the list of those that miss. */
export function countUses(object: ElfObject, layout: Layout, arch: LinkArch): Uses {
  const { symbols, relocations } = object;
  const counts = new Uint32Array(symbols.count);
  const tables = new Uint32Array(symbols.count);
  const firsts = new Uint32Array(symbols.count);
  const isMark = marks(object, arch);
  relocations.forEach((table, tableIndex) => {
    if (layout.placements[table.target.index] === undefined) return;
    for (let i = 0; i < table.count; i++) {
      if (isMark(table.typeAt(i))) continue;
      const symbol = table.symbolAt(i);
      const before = counts[symbol] ?? 0;
      counts[symbol] = before + 1;
      if (before > 0) continue;
      tables[symbol] = tableIndex;
      firsts[symbol] = i;
    }
  });
  return {
    of: (symbol) => {
      const table = relocations[tables[symbol] ?? 0];
      assert(table !== undefined, 'a used symbol is in a table of relocations');
      return { table, first: firsts[symbol] ?? 0, count: counts[symbol] ?? 0 };
    },
  };
}
