// Symbols that an object defines, by name, for flavours that go by names.

import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Spot } from './pointers.ts';

export interface DefinedSymbol {
  readonly name: string;
  readonly spot: Spot;
  readonly isFunction: boolean;
}

/** Every symbol of a section whose name the predicate takes, in the file's order. */
export function* definedSymbols(
  { symbols, sections }: ElfObject,
  wanted: (name: string) => boolean,
): Generator<DefinedSymbol> {
  for (let i = 1; i < symbols.count; i++) {
    const section = sections[symbols.sectionAt(i)];
    if (section === undefined || section.index === C.SHN_UNDEF) continue;
    const name = symbols.nameAt(i);
    if (!wanted(name)) continue;
    const spot = { section, offset: Number(symbols.valueAt(i)) };
    yield { name, spot, isFunction: symbols.typeAt(i) === C.STT_FUNC };
  }
}

/** The first of this name. */
export function definedSymbol(object: ElfObject, name: string): DefinedSymbol | undefined {
  for (const symbol of definedSymbols(object, (each) => each === name)) return symbol;
  return undefined;
}
