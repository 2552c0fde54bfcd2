// PT_DYNAMIC: pairs of a tag and a value, which lead to all that a loader needs to
// know of a shared object.  A table is named by its address, which must lie in what
// the file has of one PT_LOAD.
// https://www.sco.com/developers/gabi/latest/ch5.dynamic.html

import { cString, viewOf } from '../../base/bytes.ts';
import { type Result, refuse, succeed, unlessRefused } from '../../base/result.ts';
import { DT, type DynamicTag, PT_DYNAMIC } from './constants.ts';
import type { Loads } from './loads.ts';
import type { ElfSegment } from './model.ts';
import type { ElfProblem } from './problems.ts';
import { NAMES_LIMIT } from './sections.ts';

/** Linkers write a few dozen. */
const ENTRIES_LIMIT = 4096;

export class DynamicTable {
  readonly loads: Loads;
  readonly wordBytes: 4 | 8;
  /** Offsets in DT_STRTAB. */
  readonly needed: readonly number[];
  readonly problems: ElfProblem[] = [];
  readonly #values: ReadonlyMap<number, number>;
  readonly #strings: Uint8Array;
  #namesLeft = NAMES_LIMIT;

  constructor(
    loads: Loads,
    wordBytes: 4 | 8,
    entries: readonly (readonly [tag: number, value: number])[],
  ) {
    this.loads = loads;
    this.wordBytes = wordBytes;
    this.needed = entries.filter(([tag]) => tag === DT.NEEDED).map(([, value]) => value);
    // Of several with one tag the last counts, as in glibc.
    this.#values = new Map(entries);
    this.#strings = this.table('STRTAB', this.get('STRSZ') ?? 0) ?? new Uint8Array();
    const { length } = this.#strings;
    if (length > 0 && this.#strings[length - 1] !== 0)
      this.refuse('STRSZ', 'a string table that ends in NUL', length);
  }

  get strings(): Uint8Array {
    return this.#strings;
  }

  /** The value of a tag; undefined: it is not there. */
  get(tag: DynamicTag): number | undefined {
    return this.#values.get(DT[tag]);
  }

  refuse(tag: DynamicTag, wanted: string, found: number): void {
    this.problems.push({ kind: 'bad-dynamic', tag: `DT_${tag}`, wanted, found });
  }

  /** The `bytes` that the tag's address leads to; undefined: no such tag, or a problem. */
  table(tag: DynamicTag, bytes: number): Uint8Array | undefined {
    const content = this.from(tag);
    if (content === undefined) return undefined;
    if (bytes <= content.length) return content.subarray(0, bytes);
    const wanted = `at most ${content.length} bytes to the end of its PT_LOAD`;
    this.refuse(tag, wanted, bytes);
    return undefined;
  }

  /** The same, as far as the file goes. */
  from(tag: DynamicTag): Uint8Array | undefined {
    const address = this.get(tag);
    if (address === undefined) return undefined;
    const content = this.loads.contentFrom(address);
    if (content === undefined)
      this.refuse(tag, 'an address in the file’s part of a PT_LOAD', address);
    return content;
  }

  /** A table of whole entries, by the tags of its size and of its entries' size. */
  entries(
    tag: DynamicTag,
    sizeTag: DynamicTag,
    entryBytes: number,
    entryTag?: DynamicTag,
  ): Uint8Array | undefined {
    if (this.get(tag) === undefined) return undefined;
    const size = this.get(sizeTag) ?? 0;
    const found = entryTag === undefined ? undefined : this.get(entryTag);
    if (entryTag !== undefined && found !== undefined && found !== entryBytes)
      this.refuse(entryTag, `${entryBytes}`, found);
    if (size % entryBytes !== 0) this.refuse(sizeTag, `a multiple of ${entryBytes}`, size);
    return size === 0 ? undefined : this.table(tag, size);
  }

  /** The string at this offset of DT_STRTAB; '' after a problem. */
  name(tag: DynamicTag, offset: number): string {
    const name = cString(this.#strings, offset);
    if (name === undefined)
      this.refuse(tag, `an offset in DT_STRTAB, below ${this.#strings.length}`, offset);
    this.#namesLeft -= name?.length ?? 0;
    if (this.#namesLeft >= 0) return name ?? '';
    this.refuse(tag, `names of at most ${NAMES_LIMIT} bytes together`, offset);
    return '';
  }
}

export function readDynamicTable(
  segments: readonly ElfSegment[],
  loads: Loads,
  wordBytes: 4 | 8,
): Result<DynamicTable, ElfProblem> {
  const segment = segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined) return refuse([{ kind: 'no-dynamic' }]);
  const bytes = loads.contentFrom(Number(segment.vaddr))?.subarray(0, segment.memsz);
  const entries = bytes && entriesIn(bytes, wordBytes);
  if (entries === undefined) {
    const wanted = `up to ${ENTRIES_LIMIT} entries in a PT_LOAD, the last DT_NULL`;
    const found = Number(segment.vaddr);
    return refuse([{ kind: 'bad-dynamic', tag: 'PT_DYNAMIC', wanted, found }]);
  }
  const table = new DynamicTable(loads, wordBytes, entries);
  return table.problems.length === 0 ? succeed(table) : unlessRefused(table, table.problems);
}

/** Up to DT_NULL; undefined: there is none. */
function entriesIn(
  bytes: Uint8Array,
  wordBytes: 4 | 8,
): readonly (readonly [tag: number, value: number])[] | undefined {
  const view = viewOf(bytes);
  // Beyond 2^53 it is rounded, and in no PT_LOAD either way.
  const word = (at: number): number =>
    wordBytes === 8 ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true);
  const entries: (readonly [number, number])[] = [];
  for (let at = 0; at + 2 * wordBytes <= bytes.length; at += 2 * wordBytes) {
    const tag = word(at);
    if (tag === DT.NULL) return entries;
    if (entries.length === ENTRIES_LIMIT) return undefined;
    entries.push([tag, word(at + wordBytes)]);
  }
  return undefined;
}
