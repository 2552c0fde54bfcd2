// Versions of symbols: DT_VERSYM has a number for each symbol; DT_VERDEF says which
// version of this object it stands for, DT_VERNEED which version of another one.
// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html

import { viewOf } from '../../base/bytes.ts';
import * as C from './constants.ts';
import type { DynamicTable } from './dynamic-table.ts';

export interface SymbolVersion {
  readonly name: string;
  /** Who has it, as DT_NEEDED names it; undefined: this object. */
  readonly from: string | undefined;
  /** foo@V: only for those who ask for this version.  foo@@V is for everybody. */
  readonly hidden: boolean;
}

export interface ElfVersions {
  /** In the order of the file; the object's own name is not one. */
  readonly defined: readonly string[];
  readonly needed: readonly { readonly from: string; readonly names: readonly string[] }[];
  /** undefined: the symbol has no version. */
  of(symbol: number): SymbolVersion | undefined;
  /** The symbol is not for others, whatever its binding says. */
  isLocal(symbol: number): boolean;
}

/** DT_VERSYM has 15 bits for them. */
const VERSIONS_LIMIT = 0x7fff;
const VERNEED = 16;
const VERNAUX = 16;
const VERDEF = 20;

type Named = Pick<SymbolVersion, 'name' | 'from'>;

export function readVersions(table: DynamicTable, symbols: number): ElfVersions {
  const byIndex = new Map<number, Named>();
  const needed = readNeeded(table, byIndex);
  const defined = readDefined(table, byIndex);
  const versym = table.table('VERSYM', symbols * 2);
  const view = versym && viewOf(versym);
  const indexOf = (symbol: number): number => view?.getUint16(symbol * 2, true) ?? 1;
  for (let i = 0; view !== undefined && i < symbols; i++) {
    const index = indexOf(i) & ~C.VERSYM_HIDDEN;
    if (index <= C.VER_NDX_GLOBAL || byIndex.has(index)) continue;
    table.refuse('VERSYM', 'a version of DT_VERDEF or DT_VERNEED for each symbol', index);
    break;
  }
  return {
    defined,
    needed,
    of: (symbol) => {
      const index = indexOf(symbol);
      const named = byIndex.get(index & ~C.VERSYM_HIDDEN);
      return named && { ...named, hidden: (index & C.VERSYM_HIDDEN) !== 0 };
    },
    isLocal: (symbol) => indexOf(symbol) === C.VER_NDX_LOCAL,
  };
}

/** Walks a chain of records, each of which says how far the next one is. */
function* chain(
  table: DynamicTable,
  tag: 'VERNEED' | 'VERDEF',
  view: DataView,
  start: number,
  count: number,
  record: { readonly bytes: number; readonly next: number },
): Generator<number> {
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + record.bytes > view.byteLength) {
      table.refuse(tag, `records within its PT_LOAD, ${view.byteLength} bytes`, at);
      return;
    }
    yield at;
    // A distance: the chain cannot go back.
    const next = view.getUint32(at + record.next, true);
    if (next === 0) return;
    at += next;
  }
}

function countOf(table: DynamicTable, tag: 'VERNEEDNUM' | 'VERDEFNUM'): number {
  const count = table.get(tag) ?? 0;
  if (count <= VERSIONS_LIMIT) return count;
  table.refuse(tag, `at most ${VERSIONS_LIMIT}`, count);
  return 0;
}

function readNeeded(table: DynamicTable, byIndex: Map<number, Named>): ElfVersions['needed'] {
  const bytes = table.from('VERNEED');
  if (bytes === undefined) return [];
  const view = viewOf(bytes);
  const needed: { from: string; names: string[] }[] = [];
  let left = VERSIONS_LIMIT;
  const count = countOf(table, 'VERNEEDNUM');
  for (const at of chain(table, 'VERNEED', view, 0, count, { bytes: VERNEED, next: 12 })) {
    const from = table.name('VERNEED', view.getUint32(at + 4, true));
    const names: string[] = [];
    const many = Math.min(view.getUint16(at + 2, true), left);
    const first = at + view.getUint32(at + 8, true);
    for (const aux of chain(table, 'VERNEED', view, first, many, { bytes: VERNAUX, next: 12 })) {
      const name = table.name('VERNEED', view.getUint32(aux + 8, true));
      byIndex.set(view.getUint16(aux + 6, true) & ~C.VERSYM_HIDDEN, { name, from });
      names.push(name);
      left--;
    }
    needed.push({ from, names });
    if (table.problems.length > 0) break;
  }
  return needed;
}

function readDefined(table: DynamicTable, byIndex: Map<number, Named>): readonly string[] {
  const bytes = table.from('VERDEF');
  if (bytes === undefined) return [];
  const view = viewOf(bytes);
  const defined: string[] = [];
  const count = countOf(table, 'VERDEFNUM');
  for (const at of chain(table, 'VERDEF', view, 0, count, { bytes: VERDEF, next: 16 })) {
    // The first name is the version's; others are those it replaces.
    const aux = at + view.getUint32(at + 12, true);
    for (const first of chain(table, 'VERDEF', view, aux, 1, { bytes: 8, next: 4 })) {
      const name = table.name('VERDEF', view.getUint32(first, true));
      if ((view.getUint16(at + 2, true) & C.VER_FLG_BASE) !== 0) continue;
      byIndex.set(view.getUint16(at + 4, true) & ~C.VERSYM_HIDDEN, { name, from: undefined });
      defined.push(name);
    }
    if (table.problems.length > 0) break;
  }
  return defined;
}
