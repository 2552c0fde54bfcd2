// DT_RELR, DT_REL, DT_RELA and DT_JMPREL.  Their places are addresses; the model wants
// offsets in what changes, so each table comes apart by PT_LOAD.  DT_RELR has only
// relative relocations, packed: an even word is an address, each odd one that follows
// has a bit for every further word of memory.
// https://www.sco.com/developers/gabi/latest/ch4.reloc.html, section "Relative Relocation Table"

import { viewOf } from '../../base/bytes.ts';
import * as C from './constants.ts';
import type { DynamicTable } from './dynamic-table.ts';
import type { ElfRelocations } from './model.ts';
import { type ElfProblem, LimitedProblems } from './problems.ts';
import { type RelocationColumns, RelocationRecords } from './relocation-records.ts';

/** Where a table came from, with its places still addresses. */
export interface DynamicRelocations {
  /** "DT_RELA" */
  readonly name: string;
  readonly columns: RelocationColumns;
}

/** R_*_RELATIVE, which DT_RELR means. */
const relativeTypes: ReadonlyMap<number, number> = new Map([
  [C.EM_386, 8],
  [C.EM_X86_64, 8],
  [C.EM_ARM, 23],
  [C.EM_AARCH64, 1027],
]);

/** In the order in which loaders apply them. */
export function dynamicRelocations(
  table: DynamicTable,
  machine: number,
): readonly DynamicRelocations[] {
  const { wordBytes } = table;
  const rel = table.entries('REL', 'RELSZ', 2 * wordBytes, 'RELENT');
  const rela = table.entries('RELA', 'RELASZ', 3 * wordBytes, 'RELAENT');
  const kind = table.get('PLTREL') ?? C.DT.REL;
  if (kind !== C.DT.REL && kind !== C.DT.RELA) table.refuse('PLTREL', 'DT_REL or DT_RELA', kind);
  const isRela = kind === C.DT.RELA;
  const jmprel = table.entries('JMPREL', 'PLTRELSZ', (isRela ? 3 : 2) * wordBytes);
  const columns = (name: string, bytes: Uint8Array | undefined, inRecord: boolean) =>
    bytes === undefined
      ? []
      : [{ name, columns: new RelocationRecords(bytes, wordBytes, inRecord) }];
  return [
    ...relrOf(table, machine),
    ...columns('DT_REL', withoutTail(table, 'REL', rel, jmprel), false),
    ...columns('DT_RELA', withoutTail(table, 'RELA', rela, jmprel), true),
    ...columns('DT_JMPREL', jmprel, isRela),
  ];
}

/** DT_JMPREL may be the end of the other table, and is then not to be applied twice. */
function withoutTail(
  table: DynamicTable,
  tag: 'REL' | 'RELA',
  all: Uint8Array | undefined,
  tail: Uint8Array | undefined,
): Uint8Array | undefined {
  if (all === undefined || tail === undefined) return all;
  const [start, end] = [all.byteOffset, all.byteOffset + all.length];
  const [tailStart, tailEnd] = [tail.byteOffset, tail.byteOffset + tail.length];
  if (tailEnd <= start || tailStart >= end) return all;
  if (tailEnd === end && tailStart >= start) return all.subarray(0, tailStart - start);
  const [first, second] = [`DT_${tag}`, 'DT_JMPREL'];
  table.problems.push({ kind: 'overlap', first, second, offset: table.get('JMPREL') ?? 0 });
  return undefined;
}

function relrOf(table: DynamicTable, machine: number): readonly DynamicRelocations[] {
  const { wordBytes } = table;
  const words = table.entries('RELR', 'RELRSZ', wordBytes, 'RELRENT');
  if (words === undefined) return [];
  const type = relativeTypes.get(machine);
  if (type === undefined) {
    const what = `DT_RELR for ${C.describeMachine(machine)}`;
    table.problems.push({ kind: 'unsupported', what, section: undefined });
    return [];
  }
  // Nobody relocates a word twice.
  const most = Math.floor(table.loads.bytes / wordBytes);
  const places = unpackRelr(words, wordBytes, most);
  if (places === undefined) {
    table.refuse('RELR', `at most ${most} places, and an address first`, words.length);
    return [];
  }
  return [
    {
      name: 'DT_RELR',
      columns: {
        addends: 'in-place',
        count: places.length,
        offsetAt: (i) => places[i] ?? 0,
        typeAt: () => type,
        symbolAt: () => 0,
        addendAt: () => 0n,
        narrowAddendAt: () => Number.NaN,
      },
    },
  ];
}

function unpackRelr(
  bytes: Uint8Array,
  wordBytes: 4 | 8,
  most: number,
): readonly number[] | undefined {
  const view = viewOf(bytes);
  const places: number[] = [];
  const bits = wordBytes * 8 - 1;
  let next: number | undefined;
  for (let at = 0; at < bytes.length; at += wordBytes) {
    const low = view.getUint32(at, true);
    const high = wordBytes === 8 ? view.getUint32(at + 4, true) : 0;
    if ((low & 1) === 0) {
      const address = high * 0x1_0000_0000 + low;
      places.push(address);
      next = address + wordBytes;
    } else {
      if (next === undefined) return undefined;
      for (let bit = 0; bit < bits; bit++) {
        const half = bit < 31 ? low >>> (bit + 1) : high >>> (bit - 31);
        if ((half & 1) === 1) places.push(next + bit * wordBytes);
      }
      next += bits * wordBytes;
    }
    if (places.length > most) return undefined;
  }
  return places;
}

/** One more than the largest symbol index in use. */
export function symbolsUsed(tables: readonly DynamicRelocations[]): number {
  let most = 0;
  for (const { columns } of tables)
    for (let i = 0; i < columns.count; i++) most = Math.max(most, columns.symbolAt(i));
  return most === 0 ? 0 : most + 1;
}

/** Comes apart by PT_LOAD; problems go to the table. */
export function relocationsByLoad(
  table: DynamicTable,
  tables: readonly DynamicRelocations[],
): readonly ElfRelocations[] {
  const found: ElfRelocations[] = [];
  const problems = new LimitedProblems();
  for (const { name, columns } of tables) {
    const places = new Map<number, number[]>();
    for (let index = 0; index < columns.count; index++) {
      // R_*_NONE is 0 on every machine, and has no place.
      if (columns.typeAt(index) === 0) continue;
      const address = columns.offsetAt(index);
      const target = table.loads.placeOf(address)?.section;
      if (target === undefined) {
        const problem: ElfProblem = { kind: 'bad-relocation-place', table: name, index, address };
        problems.add(problem);
        continue;
      }
      const list = places.get(target.index);
      if (list === undefined) places.set(target.index, [index]);
      else list.push(index);
    }
    for (const target of table.loads.sections) {
      const order = places.get(target.index);
      if (order !== undefined) found.push(part(columns, Uint32Array.from(order), target));
    }
  }
  table.problems.push(...problems.listFor());
  return found;
}

/** Those of `columns` that `order` lists, all of which change `target`. */
function part(
  columns: RelocationColumns,
  order: Uint32Array,
  target: ElfRelocations['target'],
): ElfRelocations {
  const start = Number(target.address);
  const at = (i: number): number => order[i] ?? 0;
  return {
    target,
    addends: columns.addends,
    count: order.length,
    offsetAt: (i) => columns.offsetAt(at(i)) - start,
    typeAt: (i) => columns.typeAt(at(i)),
    types: new Set(Array.from(order, (i) => columns.typeAt(i))),
    symbolAt: (i) => columns.symbolAt(at(i)),
    addendAt: (i) => columns.addendAt(at(i)),
    narrowAddendAt: (i) => columns.narrowAddendAt(at(i)),
  };
}
