// A unit: what one compilation of one file left in .debug_info, a tree of entries
// (DIEs).  The bytes give the tree in preorder and nothing else, so the first
// question about the tree walks the unit once and keeps it in columns.

import {
  type Abbreviation,
  type Abbreviations,
  readAbbreviations,
  skipForm,
} from './abbreviations.ts';
import * as D from './constants.ts';
import { Cursor } from './cursor.ts';
import { Die } from './die.ts';
import { BadDwarf, hex } from './problems.ts';
import type { Store } from './store.ts';

export type UnitKind = 'compile' | 'partial' | 'type' | 'skeleton';

export interface UnitHeader {
  readonly section: string;
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Where the first entry is. */
  readonly first: number;
  readonly end: number;
  readonly version: number;
  readonly offsetBytes: 4 | 8;
  readonly addressBytes: 4 | 8;
  /** In .debug_abbrev. */
  readonly abbreviations: number;
  readonly kind: UnitKind;
  readonly signature: bigint;
  /** Of the type that a type unit is about, in its section. */
  readonly typeOffset: number;
}

/** The entries of a unit in preorder, by index. */
export interface Tree {
  readonly offsets: readonly number[];
  /** The index of the entry it is in; -1 of the first. */
  readonly parents: readonly number[];
  /** The index behind all that it holds. */
  readonly ends: readonly number[];
}

export class Unit {
  readonly store: Store;
  readonly section: string;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly first: number;
  readonly end: number;
  readonly version: number;
  readonly offsetBytes: 4 | 8;
  readonly addressBytes: 4 | 8;
  readonly kind: UnitKind;
  readonly signature: bigint;
  readonly typeOffset: number;
  readonly #abbreviationsAt: number;
  #abbreviations: Abbreviations | undefined;
  #tree: Tree | undefined;
  #root: Die | undefined;
  readonly #dies = new Map<number, Die>();
  readonly #bases = new Map<number, number>();

  constructor(store: Store, header: UnitHeader) {
    this.store = store;
    this.section = header.section;
    this.bytes = header.bytes;
    this.start = header.start;
    this.first = header.first;
    this.end = header.end;
    this.version = header.version;
    this.offsetBytes = header.offsetBytes;
    this.addressBytes = header.addressBytes;
    this.kind = header.kind;
    this.signature = header.signature;
    this.typeOffset = header.typeOffset;
    this.#abbreviationsAt = header.abbreviations;
  }

  get abbreviations(): Abbreviations {
    this.#abbreviations ??= readAbbreviations(
      this.store.section('.debug_abbrev'),
      this.#abbreviationsAt,
      this,
    );
    return this.#abbreviations;
  }

  /** The entry of the unit itself. */
  get root(): Die {
    if (this.#root === undefined) {
      this.#root = this.die(this.first);
      if (this.#root.has(D.DW_AT_dwo_name) || this.#root.has(D.DW_AT_GNU_dwo_name))
        this.store.report({
          ...{ kind: 'unsupported', section: this.section, offset: this.start },
          ...{ what: 'a unit whose entries are in another file' },
          instead: 'compile without -gsplit-dwarf',
        });
    }
    return this.#root;
  }

  get tree(): Tree {
    this.#tree ??= this.#readTree();
    return this.#tree;
  }

  /** The entry at an offset in the section: the same object each time. */
  die(offset: number): Die {
    let die = this.#dies.get(offset);
    if (die === undefined) {
      die = this.#readDie(offset);
      this.#dies.set(offset, die);
    }
    return die;
  }

  #readDie(offset: number): Die {
    const cursor = this.cursor(offset);
    const code = cursor.uleb();
    const abbreviation = this.abbreviations.get(code);
    if (abbreviation === undefined) throw this.#badCode(offset, code);
    return new Die(this, offset, abbreviation, cursor.at);
  }

  cursor(offset: number): Cursor {
    if (offset < this.first) throw this.#badOffset(offset);
    return new Cursor(this.section, this.bytes, offset, this.end);
  }

  /** Where the entry stands in the tree. */
  indexOf(offset: number): number {
    const { offsets } = this.tree;
    let [low, high] = [0, offsets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    if (offsets[low] !== offset) throw this.#badOffset(offset);
    return low;
  }

  /** DW_AT_*_base of the unit, which indexed forms count from. */
  base(attribute: number): number {
    let base = this.#bases.get(attribute);
    if (base === undefined) {
      const found = this.root.attribute(attribute);
      base = found?.kind === 'offset' ? found.value : defaultBase(attribute, this.offsetBytes);
      this.#bases.set(attribute, base);
    }
    return base;
  }

  /**
   * Calls `visit` for entries in preorder.  They are not kept: who keeps one asks die()
   * for it.  What `visit` answers says whether to go into the entry's children.
   */
  walk(visit: (die: Die, depth: number) => boolean): void {
    const cursor = this.cursor(this.first);
    let depth = 0;
    /** Entries deeper than this are not shown. */
    let shown = 0;
    while (!cursor.done) {
      const offset = cursor.at;
      const code = cursor.uleb();
      if (code === 0) {
        depth--;
        shown = Math.min(shown, depth);
        if (depth <= 0) return;
        continue;
      }
      const abbreviation = this.abbreviations.get(code);
      if (abbreviation === undefined) throw this.#badCode(offset, code);
      if (depth <= shown) {
        const enter = visit(new Die(this, offset, abbreviation, cursor.at), depth);
        shown = enter && abbreviation.hasChildren ? depth + 1 : depth;
      }
      this.#skip(cursor, abbreviation);
      if (abbreviation.hasChildren) depth++;
      else if (depth === 0) return;
    }
  }

  #readTree(): Tree {
    const offsets: number[] = [];
    const parents: number[] = [];
    const ends: number[] = [];
    const cursor = this.cursor(this.first);
    const { abbreviations } = this;
    let parent = -1;
    while (!cursor.done) {
      const offset = cursor.at;
      const code = cursor.uleb();
      if (code === 0) {
        ends[parent] = offsets.length;
        parent = parents[parent] ?? -1;
        if (parent < 0) break;
        continue;
      }
      const abbreviation = abbreviations.get(code);
      if (abbreviation === undefined) throw this.#badCode(offset, code);
      const index = offsets.length;
      offsets.push(offset);
      parents.push(parent);
      ends.push(index + 1);
      this.#skip(cursor, abbreviation);
      if (abbreviation.hasChildren) parent = index;
      else if (parent < 0) break;
    }
    // Without the ends that were due, all that is open ends here.
    for (; parent >= 0; parent = parents[parent] ?? -1) ends[parent] = offsets.length;
    return { offsets, parents, ends };
  }

  #skip(cursor: Cursor, { fixedBytes, specs }: Abbreviation): void {
    if (fixedBytes !== undefined) cursor.skip(fixedBytes);
    else for (const { form } of specs) skipForm(cursor, form, this);
  }

  #badCode(offset: number, code: number): BadDwarf {
    return new BadDwarf({
      ...{ kind: 'damaged', section: this.section, offset, what: 'the abbreviation of an entry' },
      ...{ wanted: `one of the unit's ${this.abbreviations.size}`, found: `${code}` },
    });
  }

  #badOffset(offset: number): BadDwarf {
    const { section, first, end } = this;
    return new BadDwarf({
      ...{ kind: 'damaged', section, offset: this.start, what: 'a reference in the unit' },
      ...{ wanted: `to an entry from ${hex(first)} to ${hex(end)}`, found: hex(offset) },
    });
  }
}

/** A unit that does not say uses what stands behind the section's first header. */
function defaultBase(attribute: number, offsetBytes: 4 | 8): number {
  const header = offsetBytes === 4 ? 8 : 16;
  return attribute === D.DW_AT_rnglists_base || attribute === D.DW_AT_loclists_base
    ? header + 4
    : header;
}
