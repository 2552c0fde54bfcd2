// What PT_DYNAMIC says of a shared object, in the terms of the object model: names,
// versions, functions to run, symbols and relocations.

import { type Result, refuse, succeed } from '../../base/result.ts';
import * as C from './constants.ts';
import {
  type DynamicRelocations,
  dynamicRelocations,
  relocationsByLoad,
  symbolsUsed,
} from './dynamic-relocations.ts';
import { inLoads, readDynamicSymbols } from './dynamic-symbols.ts';
import { type DynamicTable, readDynamicTable } from './dynamic-table.ts';
import type { Loads } from './loads.ts';
import type { ElfObject, ElfPlace, ElfSection, ElfSegment, ElfSymbols } from './model.ts';
import type { ElfProblem } from './problems.ts';
import { type ElfVersions, readVersions } from './versions.ts';

export interface ElfDynamic {
  readonly soname: string | undefined;
  /** DT_NEEDED, in its order. */
  readonly needed: readonly string[];
  readonly versions: ElfVersions;
  /** Relocations change segments that are not writable. */
  readonly textRelocations: boolean;
  /** DF_1_NOKSYMS: the kernel is not to keep the names. */
  readonly noKsyms: boolean;
  readonly init: ElfPlace | undefined;
  readonly fini: ElfPlace | undefined;
  readonly preinitArray: PointerArray | undefined;
  readonly initArray: PointerArray | undefined;
  readonly finiArray: PointerArray | undefined;
  /** .symtab, which has the names of what is not exported; often stripped. */
  readonly names: ElfSymbols;
  /** Where an address of the file lies; undefined: in no PT_LOAD. */
  placeOf(address: bigint): ElfPlace | undefined;
}

/** Pointers to functions. */
export interface PointerArray extends ElfPlace {
  readonly bytes: number;
}

export interface DynamicSource {
  readonly wordBytes: 4 | 8;
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
  /** Of the file. */
  readonly sections: readonly ElfSection[];
  /** .symtab, values still addresses. */
  readonly symtab: ElfSymbols;
  readonly loads: Loads;
}

export function readDynamic(
  source: DynamicSource,
): Result<Pick<ElfObject, 'symbols' | 'relocations'> & { dynamic: ElfDynamic }, ElfProblem> {
  const { loads, wordBytes } = source;
  const read = readDynamicTable(source.segments, loads, wordBytes);
  if (!read.ok) return read;
  const table = read.value;

  // All tables lie in the file, all names in the string table.
  const tables = dynamicRelocations(table, source.machine);
  const used = symbolsUsed(tables);
  const symbols = readDynamicSymbols(table, source.sections, used);
  const versions = readVersions(table, symbols.count);
  const dynamic: ElfDynamic = {
    ...namesIn(table),
    versions,
    textRelocations: hasTextRelocations(table),
    noKsyms: ((table.get('FLAGS_1') ?? 0) & C.DF_1_NOKSYMS) !== 0,
    init: functionOf(table, 'INIT'),
    fini: functionOf(table, 'FINI'),
    preinitArray: arrayOf(table, 'PREINIT_ARRAY', 'PREINIT_ARRAYSZ'),
    initArray: arrayOf(table, 'INIT_ARRAY', 'INIT_ARRAYSZ'),
    finiArray: arrayOf(table, 'FINI_ARRAY', 'FINI_ARRAYSZ'),
    names: inLoads(source.symtab, loads),
    placeOf: (address) => loads.placeOf(Number(address)),
  };
  if (table.problems.length > 0) return refuse(table.problems);

  // Every relocation has a place and a symbol.
  checkSymbols(table, tables, symbols.count);
  const relocations = relocationsByLoad(table, tables);
  return table.problems.length > 0
    ? refuse(table.problems)
    : succeed({ dynamic, symbols, relocations });
}

function namesIn(table: DynamicTable): Pick<ElfDynamic, 'soname' | 'needed'> {
  const soname = table.get('SONAME');
  return {
    soname: soname === undefined ? undefined : table.name('SONAME', soname),
    needed: table.needed.map((offset) => table.name('NEEDED', offset)),
  };
}

function hasTextRelocations(table: DynamicTable): boolean {
  const inFlags = ((table.get('FLAGS') ?? 0) & C.DF_TEXTREL) !== 0;
  return inFlags || table.get('TEXTREL') !== undefined;
}

function functionOf(table: DynamicTable, tag: 'INIT' | 'FINI'): ElfPlace | undefined {
  const address = table.get(tag);
  // Linkers leave 0 for a function that is not there.
  if (address === undefined || address === 0) return undefined;
  const place = table.loads.placeOf(address);
  if (place === undefined) table.refuse(tag, 'an address in a PT_LOAD', address);
  return place;
}

function arrayOf(
  table: DynamicTable,
  tag: 'PREINIT_ARRAY' | 'INIT_ARRAY' | 'FINI_ARRAY',
  sizeTag: 'PREINIT_ARRAYSZ' | 'INIT_ARRAYSZ' | 'FINI_ARRAYSZ',
): PointerArray | undefined {
  const content = table.entries(tag, sizeTag, table.wordBytes);
  const place = content && table.loads.placeOf(table.get(tag) ?? 0);
  return place && { ...place, bytes: content.length };
}

function checkSymbols(
  table: DynamicTable,
  tables: readonly DynamicRelocations[],
  symbols: number,
): void {
  for (const { name, columns } of tables)
    for (let index = 0; index < columns.count; index++) {
      const found = columns.symbolAt(index);
      // Symbol 0 needs no table: the value is 0.
      if (found < symbols || found === 0) continue;
      table.problems.push({ kind: 'bad-relocation-symbol', section: name, index, found, symbols });
      break;
    }
}
