// Questions to the line tables of an object: which line an address is, which rows
// lie in a range, which addresses a line has.  Headers are read to know the files,
// programs are run when their rows are needed.

import * as D from './constants.ts';
import { type Narrow, narrow, wide } from './cursor.ts';
import { Intervals } from './intervals.ts';
import { fileMatches, type LineHeader, readLineHeader } from './line-header.ts';
import {
  EPILOGUE_BEGIN,
  IS_STATEMENT,
  type LineTable,
  PROLOGUE_END,
  runLineProgram,
  type Sequence,
} from './line-program.ts';
import type { LineRow, SourceLine, SourcePlace } from './model.ts';
import { rangesOf } from './ranges.ts';
import type { Store } from './store.ts';
import type { Unit } from './unit.ts';

/** An address where a statement of some line begins. */
export interface Start extends SourcePlace {
  readonly address: Narrow;
}

export class Lines {
  readonly #store: Store;
  readonly #headers = new Map<number, LineHeader | undefined>();
  readonly #tables = new Map<number, LineTable | undefined>();
  #units: Intervals<Unit> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The unit whose code is at the address. */
  unitAt(address: Narrow): Unit | undefined {
    this.#units ??= new Intervals(
      this.#store.units.flatMap((unit) =>
        this.#rangesOf(unit).map(({ low, high }) => ({ low, high, value: unit })),
      ),
    );
    return this.#units.at(address);
  }

  #rangesOf(unit: Unit): readonly { readonly low: Narrow; readonly high: Narrow }[] {
    if (unit.kind === 'type' || unit.kind === 'partial') return [];
    const own = this.#store.attempt([], () => rangesOf(unit.root));
    // A unit that does not say which code it is about still has lines.
    return own.length > 0 ? own : (this.tableOf(unit)?.sequences ?? []);
  }

  /** The path of file `number` of a unit; undefined: it has none. */
  fileOf(unit: Unit, number: number): string | undefined {
    return this.headerOf(unit)?.files[number] || undefined;
  }

  headerOf(unit: Unit): LineHeader | undefined {
    const at = this.#tableAt(unit);
    if (at === undefined) return undefined;
    if (!this.#headers.has(at)) {
      const header = this.#store.attempt(undefined, () => {
        const folder = unit.root.text(D.DW_AT_comp_dir) ?? '';
        const name = unit.root.name() ?? '';
        return readLineHeader(this.#store, at, { folder, name, addressBytes: unit.addressBytes });
      });
      this.#headers.set(at, header);
    }
    return this.#headers.get(at);
  }

  tableOf(unit: Unit): LineTable | undefined {
    const header = this.headerOf(unit);
    if (header === undefined) return undefined;
    if (!this.#tables.has(header.offset)) {
      const table = this.#store.attempt(undefined, () => runLineProgram(this.#store, header));
      this.#tables.set(header.offset, table);
    }
    return this.#tables.get(header.offset);
  }

  #tableAt(unit: Unit): number | undefined {
    return this.#store.attempt(undefined, () => {
      const found = unit.root.attribute(D.DW_AT_stmt_list);
      if (found?.kind === 'offset') return found.value;
      return found?.kind === 'constant' ? Number(found.value) : undefined;
    });
  }

  at(address: Narrow): SourceLine | undefined {
    const unit = this.unitAt(address);
    const table = unit && this.tableOf(unit);
    const row = table && rowAt(table, address);
    return table && row && sourceLine(table, row.sequence, row.index);
  }

  /** Rows that begin from low up to, not including, high. */
  rows(low: Narrow, high: Narrow): readonly LineRow[] {
    const found: LineRow[] = [];
    const tables = new Set<LineTable>();
    for (const address of [low, high - 1]) {
      const unit = this.unitAt(address);
      const table = unit && this.tableOf(unit);
      if (table !== undefined) tables.add(table);
    }
    for (const table of tables)
      for (const sequence of table.sequences) {
        if (sequence.low >= high || sequence.high <= low) continue;
        const first = Math.max(lowerBound(table, sequence, low), sequence.first);
        for (let i = first; i < sequence.end - 1; i++) {
          if ((table.addresses[i] ?? 0) >= high) break;
          const flags = table.flags[i] ?? 0;
          found.push({
            ...sourceLine(table, sequence, i),
            prologueEnd: (flags & PROLOGUE_END) !== 0,
            epilogueBegin: (flags & EPILOGUE_BEGIN) !== 0,
          });
        }
      }
    return found;
  }

  files(): readonly string[] {
    const files = new Set<string>();
    for (const unit of this.#store.units)
      for (const file of this.headerOf(unit)?.files ?? []) if (file !== '') files.add(file);
    return [...files].sort();
  }

  /**
   * The statements of the line in files so called; without any, those of the first
   * line after it that has some.
   */
  starts(file: string, line: number): readonly Start[] {
    let best = Number.POSITIVE_INFINITY;
    let found: Start[] = [];
    const seen = new Set<LineTable>();
    for (const unit of this.#store.units) {
      const header = this.headerOf(unit);
      const numbers = matchingFiles(header?.files ?? [], file);
      const table = numbers.size > 0 ? this.tableOf(unit) : undefined;
      if (table === undefined || seen.has(table)) continue;
      seen.add(table);
      for (const { first, end } of table.sequences)
        for (let i = first; i < end - 1; i++) {
          const at = table.lines[i] ?? 0;
          if (at < line || at > best || !numbers.has(table.fileNumbers[i] ?? 0)) continue;
          if (((table.flags[i] ?? 0) & IS_STATEMENT) === 0) continue;
          if (at < best) found = [];
          best = at;
          found.push({ address: table.addresses[i] ?? 0, ...placeOf(table, i) });
        }
    }
    return found.sort((a, b) => a.address - b.address);
  }

  /** Statements from low up to, not including, high: address and whether it ends a prologue. */
  statements(
    low: Narrow,
    high: Narrow,
  ): readonly { readonly address: Narrow; readonly line: number; readonly prologueEnd: boolean }[] {
    return this.rows(low, high)
      .filter(({ isStatement }) => isStatement)
      .map(({ low: address, line, prologueEnd }) => ({
        ...{ address: narrow(address), line, prologueEnd },
      }));
  }
}

function matchingFiles(files: readonly string[], wanted: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  files.forEach((file, i) => {
    if (fileMatches(file, wanted)) numbers.add(i);
  });
  return numbers;
}

/** The first row of the sequence at the address or after it. */
function lowerBound(table: LineTable, { first, end }: Sequence, address: Narrow): number {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table.addresses[middle] ?? 0) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface FoundRow {
  readonly sequence: Sequence;
  readonly index: number;
}

function rowAt(table: LineTable, address: Narrow): FoundRow | undefined {
  const { sequences } = table;
  let [low, high] = [0, sequences.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sequences[middle]?.low ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  const sequence = sequences[low - 1];
  if (sequence === undefined || address >= sequence.high) return undefined;
  // Of several rows at one address the last counts, but rather one for a statement.
  const last = lowerBound(table, sequence, address + 1) - 1;
  const at = table.addresses[last];
  let index = last;
  while (index > sequence.first && table.addresses[index - 1] === at && !isStatement(table, index))
    index--;
  return { sequence, index: isStatement(table, index) ? index : last };
}

function isStatement(table: LineTable, index: number): boolean {
  return ((table.flags[index] ?? 0) & IS_STATEMENT) !== 0;
}

function placeOf(table: LineTable, index: number): SourcePlace {
  return {
    file: table.files[table.fileNumbers[index] ?? 0] ?? '',
    line: table.lines[index] ?? 0,
    column: table.columns[index] ?? 0,
  };
}

function sourceLine(table: LineTable, sequence: Sequence, index: number): SourceLine {
  const low = table.addresses[index] ?? 0;
  const next = lowerBound(table, sequence, low + 1);
  return {
    ...placeOf(table, index),
    isStatement: isStatement(table, index),
    low: wide(low),
    high: wide(table.addresses[next] ?? sequence.high),
  };
}
