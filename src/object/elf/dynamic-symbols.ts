// DT_SYMTAB.  Nothing says how many symbols it has: the hash tables know, which are
// there for the lookup of names, and otherwise the section headers, or the largest
// number that a relocation uses.  Values are addresses; the model has them as offsets
// in a PT_LOAD.
// https://www.sco.com/developers/gabi/latest/ch5.dynamic.html, section "Hash Table"

import { viewOf } from '../../base/bytes.ts';
import * as C from './constants.ts';
import type { DynamicTable } from './dynamic-table.ts';
import type { Loads } from './loads.ts';
import type { ElfSection, ElfSymbols } from './model.ts';
import type { ElfProblem } from './problems.ts';
import { NAMES_LIMIT } from './sections.ts';
import { areTooLong, noSymbols, symbolColumns } from './symbols.ts';

/** `used`: one more than the largest index that relocations use. */
export function readDynamicSymbols(
  table: DynamicTable,
  sections: readonly ElfSection[],
  used: number,
): ElfSymbols {
  const { wordBytes } = table;
  const entryBytes = wordBytes === 8 ? 24 : 16;
  const address = table.get('SYMTAB');
  if (address === undefined) return noSymbols;
  const entry = table.get('SYMENT') ?? entryBytes;
  if (entry !== entryBytes) table.refuse('SYMENT', `${entryBytes}`, entry);
  const listed = sections.find(
    (section) => section.type === C.SHT_DYNSYM && Number(section.address) === address,
  );
  const count = Math.max(countByHash(table) ?? Math.floor((listed?.size ?? 0) / entryBytes), used);
  const bytes = table.table('SYMTAB', count * entryBytes);
  if (bytes === undefined || table.problems.length > 0) return noSymbols;
  const view = viewOf(bytes);
  const symbols = symbolColumns(view, table.strings, undefined, wordBytes, count);
  checkEntries(view, symbols, entryBytes, table);
  return table.problems.length > 0 ? noSymbols : inLoads(symbols, table.loads);
}

function countByHash(table: DynamicTable): number | undefined {
  const hash = table.from('HASH');
  if (hash !== undefined) return countInHash(table, viewOf(hash));
  const gnu = table.from('GNU_HASH');
  return gnu && countInGnuHash(table, viewOf(gnu));
}

/** One element of the chain array for each symbol. */
function countInHash(table: DynamicTable, view: DataView): number {
  const room = view.byteLength / 4;
  const buckets = room >= 2 ? view.getUint32(0, true) : room;
  const chains = room >= 2 ? view.getUint32(4, true) : room;
  if (2 + buckets + chains <= room) return chains;
  table.refuse('HASH', `at most ${Math.floor(room)} words to the end of its PT_LOAD`, chains);
  return 0;
}

/** The last symbol is the end of the chain that begins last; earlier ones are not hashed. */
function countInGnuHash(table: DynamicTable, view: DataView): number {
  const word = (index: number): number | undefined =>
    index * 4 + 4 <= view.byteLength ? view.getUint32(index * 4, true) : undefined;
  const bad = (found: number): number => {
    table.refuse('GNU_HASH', 'buckets and chains within its PT_LOAD', found);
    return 0;
  };
  const [buckets = 0, first = 0, bloom = 0] = [word(0), word(1), word(2)];
  const firstBucket = 4 + bloom * (table.wordBytes / 4);
  if ((firstBucket + buckets) * 4 > view.byteLength) return bad(buckets);
  let last = 0;
  for (let i = 0; i < buckets; i++) last = Math.max(last, word(firstBucket + i) ?? 0);
  if (last === 0) return first;
  if (last < first) return bad(last);
  for (let chain = firstBucket + buckets + last - first; ; chain++, last++) {
    const hash = word(chain);
    if (hash === undefined) return bad(last);
    if ((hash & 1) === 1) return last + 1;
  }
}

function checkEntries(
  view: DataView,
  symbols: ElfSymbols,
  stride: number,
  table: DynamicTable,
): void {
  const tableBytes = table.strings.length;
  const problems: ElfProblem[] = [];
  for (let index = 0; index < symbols.count && problems.length < 16; index++) {
    const found = view.getUint32(index * stride, true);
    if (found !== 0 && found >= tableBytes)
      problems.push({ kind: 'bad-name', of: 'symbol', index, found, tableBytes });
    else if (symbols.sectionAt(index) === C.SHN_COMMON)
      problems.push({
        kind: 'reserved-symbol-section',
        index,
        symbol: symbols.nameAt(index),
        found: 0xfff2,
        name: 'SHN_COMMON',
      });
  }
  if (problems.length === 0 && areTooLong(view, stride, table.strings))
    problems.push({ kind: 'names-too-long', of: 'symbol', limit: NAMES_LIMIT });
  table.problems.push(...problems);
}

/** The same symbols with their places in PT_LOADs, instead of addresses and sections. */
export function inLoads(symbols: ElfSymbols, loads: Loads): ElfSymbols {
  const sections = new Uint32Array(symbols.count);
  const values = new Float64Array(symbols.count);
  for (let i = 0; i < symbols.count; i++) {
    const section = symbols.sectionAt(i);
    const value = symbols.valueAt(i);
    const isPlaced = section !== C.SHN_UNDEF && section !== C.SHN_ABS;
    // Beyond what a number holds it can only be a value, not a place.
    const place = isPlaced && value < 1n << 53n ? loads.nearest(Number(value)) : undefined;
    sections[i] = place?.section.index ?? (section === C.SHN_UNDEF ? section : C.SHN_ABS);
    values[i] = place?.offset ?? Number.NaN;
  }
  return {
    ...symbols,
    sectionAt: (i) => sections[i] ?? C.SHN_UNDEF,
    narrowValueAt: (i) => {
      const offset = values[i] ?? Number.NaN;
      return Number.isNaN(offset) ? symbols.narrowValueAt(i) : offset;
    },
    valueAt: (i) => {
      const offset = values[i] ?? Number.NaN;
      return Number.isNaN(offset) ? symbols.valueAt(i) : BigInt(offset);
    },
  };
}
