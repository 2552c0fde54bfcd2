// Makes damaged objects of good ones.  A few mutations each, most of which know the
// format, so that what comes out gets past the first checks and into the linker: a
// field that holds a boundary, a table entry that is another's copy, sections that
// overlap, strings without an end, and plain damage.  The same random numbers make
// the same mutant.

import type { Random } from '../base/random.ts';
import {
  type ElfMap,
  type Field,
  fieldOf,
  mapElf,
  readField,
  type Table,
  writeField,
} from './elf-map.ts';

/** A good object to start from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly map: ElfMap;
  /** Types of relocation that its machine has. */
  readonly relocationTypes: readonly number[];
}

export interface Mutant {
  readonly bytes: Uint8Array;
  /** What was done, in words. */
  readonly edits: readonly string[];
}

export function seedOf(name: string, bytes: Uint8Array, relocationTypes: readonly number[]): Seed {
  // slice() of a Buffer would share its memory.
  const own = Uint8Array.from(bytes);
  return { name, bytes: own, map: mapElf(own), relocationTypes };
}

const MOST_EDITS = 6;

/** `others` is what pieces are taken from. */
export function mutate(seed: Seed, others: readonly Seed[], random: Random): Mutant {
  const draft = new Draft(seed, others, random);
  // One edit is the likeliest: damage hides damage.
  do draft.edit();
  while (draft.edits.length < MOST_EDITS && random.below(2) === 0);
  return { bytes: draft.bytes, edits: draft.edits };
}

const boundaries: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 4n, 7n, 8n, 0x7fn, 0x80n, 0xffn, 0xfeffn, 0xff00n, 0xfff1n, 0xfff2n],
  ...[0xffffn, 0x1_0000n, 0xfff_ffffn, 0x1000_0000n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fff0n],
  ...[0xffff_ffffn, 0x1_0000_0000n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n],
];

/** Likely values of fields that are no quantity. */
const meanings: Readonly<Record<string, readonly number[]>> = {
  e_type: [0, 1, 2, 3, 4],
  e_machine: [3, 40, 62, 183, 8, 243],
  sh_type: [0, 1, 2, 3, 4, 7, 8, 9, 14, 15, 16, 17, 18, 19, 0x7000_0001, 0x7000_0003],
  sh_flags: [0, 1, 2, 3, 4, 6, 7, 0x10, 0x32, 0x40, 0x80, 0x200, 0x202, 0x400, 0x403, 0x800, 0x802],
  p_type: [0, 1, 2, 6, 7, 0x6474_e552],
  p_flags: [0, 1, 2, 3, 4, 5, 6, 7],
  d_tag: [
    ...[0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20, 22, 23, 25, 26, 27, 28],
    ...[30, 32, 33, 35, 36, 37, 0x6fff_fef5, 0x6fff_fff0, 0x6fff_fffb, 0x6fff_fffc],
    ...[0x6fff_fffd, 0x6fff_fffe, 0x6fff_ffff],
  ],
  st_info: [
    0, 1, 2, 3, 4, 5, 6, 10, 0x10, 0x11, 0x12, 0x13, 0x16, 0x1a, 0x20, 0x22, 0x26, 0x2a, 0xff,
  ],
  st_shndx: [0, 1, 2, 3, 0xff00, 0xff02, 0xfff1, 0xfff2, 0xffff],
};

class Draft {
  bytes: Uint8Array;
  readonly edits: string[] = [];
  readonly #seed: Seed;
  readonly #others: readonly Seed[];
  readonly #random: Random;

  constructor(seed: Seed, others: readonly Seed[], random: Random) {
    this.#seed = seed;
    this.#others = others;
    this.#random = random;
    this.bytes = seed.bytes.slice();
  }

  edit(): void {
    this.edits.push(this.#pick(mutations)(this));
  }

  get #view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  #pick<T>(from: readonly T[]): T {
    const found = from[this.#random.below(from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  #put(field: Field, value: bigint): string {
    writeField(this.#view, field, value);
    return `${field.name} = 0x${BigInt.asUintN(field.bytes * 8, value).toString(16)}`;
  }

  /** Puts something that the field may well be tried with. */
  #disturb(field: Field): string {
    if (field.at + field.bytes > this.bytes.length) return 'nothing: the file is too short';
    const random = this.#random;
    const old = readField(this.#view, field);
    const kind = field.name.replace(/ \d+$/, '');
    const likely = kind === 'r_type' ? this.#seed.relocationTypes : meanings[kind];
    if (likely !== undefined && random.below(3) > 0)
      return this.#put(field, BigInt(this.#pick(likely)));
    switch (random.below(7)) {
      case 0:
        return this.#put(field, old + BigInt(random.below(9) - 4));
      case 1:
        return this.#put(field, old ^ (1n << BigInt(random.below(field.bytes * 8))));
      case 2:
        return this.#put(field, BigInt(random.below(this.#seed.map.sections.count + 2)));
      case 3:
        return this.#put(field, BigInt(this.bytes.length + random.below(5) - 2));
      case 4:
        return this.#put(field, BigInt(random.below(0x10000)) << BigInt(random.below(48)));
      default:
        return this.#put(field, this.#pick(boundaries));
    }
  }

  #entry(table: Table): number {
    return this.#random.below(Math.max(1, table.count));
  }

  #fieldIn(table: Table): Field {
    return fieldOf(table, this.#entry(table), this.#pick(table.shape)[0]);
  }

  header(): string {
    return this.#disturb(this.#pick(this.#seed.map.header));
  }

  section(): string {
    return this.#disturb(this.#fieldIn(this.#seed.map.sections));
  }

  symbol(): string {
    const { symbols } = this.#seed.map;
    return symbols === undefined ? this.flip() : this.#disturb(this.#fieldIn(symbols));
  }

  relocation(): string {
    const { relocations } = this.#seed.map;
    if (relocations.length === 0) return this.flip();
    return this.#disturb(this.#fieldIn(this.#pick(relocations)));
  }

  /** A program header, or an entry of PT_DYNAMIC. */
  dynamic(): string {
    const { dynamic } = this.#seed.map;
    return dynamic.length === 0 ? this.flip() : this.#disturb(this.#fieldIn(this.#pick(dynamic)));
  }

  /** An entry becomes a copy of another: the same place twice, the same name twice. */
  copyEntry(): string {
    const { sections, symbols, relocations, dynamic } = this.#seed.map;
    const table = this.#pick([sections, ...(symbols ? [symbols] : []), ...relocations, ...dynamic]);
    const from = table.at + this.#entry(table) * table.stride;
    const to = table.at + this.#entry(table) * table.stride;
    if (Math.max(from, to) + table.stride > this.bytes.length) return 'nothing';
    this.bytes.copyWithin(to, from, from + table.stride);
    return `entry at ${from} copied to ${to}`;
  }

  /** A section takes the place of another in the file. */
  overlap(): string {
    const { sections } = this.#seed.map;
    const from = this.#entry(sections);
    const to = this.#entry(sections);
    const done = ['sh_offset', 'sh_size'].map((name) =>
      this.#put(fieldOf(sections, to, name), this.#read(fieldOf(sections, from, name))),
    );
    return done.join(', ');
  }

  #read(field: Field): bigint {
    return field.at + field.bytes > this.bytes.length ? 0n : readField(this.#view, field);
  }

  /** A section becomes a group, an index table or memory. */
  retype(): string {
    const { sections } = this.#seed.map;
    const i = this.#entry(sections);
    const [type, entryBytes] = this.#pick([
      [17, 4],
      [18, 4],
      [8, 0],
      [2, this.#seed.map.wordBytes === 8 ? 24 : 16],
      [4, 3 * this.#seed.map.wordBytes],
      [9, 2 * this.#seed.map.wordBytes],
    ] as const);
    const symtab = this.#indexOfType(2n);
    const put = (name: string, value: number | bigint): string =>
      this.#put(fieldOf(sections, i, name), BigInt(value));
    return [
      put('sh_type', type),
      put('sh_entsize', entryBytes),
      put('sh_link', symtab),
      put('sh_info', this.#random.below(12)),
      put('sh_size', 4 * this.#random.below(0x40)),
    ].join(', ');
  }

  #indexOfType(type: bigint): number {
    const { sections } = this.#seed.map;
    for (let i = 0; i < sections.count; i++)
      if (this.#read(fieldOf(sections, i, 'sh_type')) === type) return i;
    return 0;
  }

  /** A symbol becomes common, or so does one that is undefined. */
  common(): string {
    const { symbols } = this.#seed.map;
    if (symbols === undefined) return this.flip();
    const i = this.#entry(symbols);
    return [
      this.#put(fieldOf(symbols, i, 'st_shndx'), 0xfff2n),
      this.#put(fieldOf(symbols, i, 'st_value'), 1n << BigInt(this.#random.below(34))),
      this.#put(fieldOf(symbols, i, 'st_size'), 1n << BigInt(this.#random.below(34))),
    ].join(', ');
  }

  /** The number of sections, or the index of their names, stands in section 0. */
  extended(): string {
    const { sections, header } = this.#seed.map;
    const named = (name: string): Field =>
      header.find((field) => field.name === name) ?? this.#fieldIn(sections);
    const count = BigInt(sections.count + this.#random.below(3) - 1);
    return [
      this.#put(named('e_shnum'), 0n),
      this.#put(fieldOf(sections, 0, 'sh_size'), count),
      this.#put(named('e_shstrndx'), 0xffffn),
      this.#put(fieldOf(sections, 0, 'sh_link'), BigInt(this.#random.below(sections.count + 1))),
    ].join(', ');
  }

  /** Strings lose their ends. */
  strings(): string {
    const { strings } = this.#seed.map;
    if (strings.length === 0) return this.flip();
    const { at, bytes } = this.#pick(strings);
    const length = 1 + this.#random.below(bytes);
    const start = this.#random.below(2) === 0 ? at + bytes - length : at;
    this.bytes.fill(0x41 + this.#random.below(26), start, start + length);
    return `${length} bytes of strings at ${start}`;
  }

  /** What a section holds becomes noise. */
  content(): string {
    const { contents } = this.#seed.map;
    if (contents.length === 0) return this.flip();
    const { at, bytes } = this.#pick(contents);
    const start = at + this.#random.below(bytes);
    const length = Math.min(1 + this.#random.below(16), bytes);
    for (let i = start; i < Math.min(start + length, this.bytes.length); i++)
      this.bytes[i] = this.#random.below(256);
    return `noise at ${start}`;
  }

  flip(): string {
    const flips = 1 + this.#random.below(8);
    const places: number[] = [];
    for (let i = 0; i < flips && this.bytes.length > 0; i++) {
      const at = this.#random.below(this.bytes.length);
      this.bytes[at] = (this.bytes[at] ?? 0) ^ (1 + this.#random.below(255));
      places.push(at);
    }
    return `flips at ${places.join(' ')}`;
  }

  cut(): string {
    const length = this.#random.below(this.bytes.length + 1);
    this.bytes = this.bytes.slice(0, length);
    return `cut to ${length}`;
  }

  /** A piece of another object, at the same place or elsewhere, or its whole end. */
  splice(): string {
    const other = this.#pick(this.#others);
    const at = this.#random.below(this.bytes.length + 1);
    const from = this.#random.below(2) === 0 ? at : this.#random.below(other.bytes.length);
    if (this.#random.below(4) === 0) {
      const tail = other.bytes.subarray(from);
      const joined = new Uint8Array(at + tail.length);
      joined.set(this.bytes.subarray(0, at));
      joined.set(tail, at);
      this.bytes = joined;
      return `from ${at} on as ${other.name} from ${from} on`;
    }
    const piece = other.bytes.subarray(from, from + 1 + this.#random.below(512));
    this.bytes.set(piece.subarray(0, this.bytes.length - at), at);
    return `${piece.length} bytes of ${other.name} from ${from} at ${at}`;
  }
}

/** How often each is taken is how often it stands here. */
const mutations: readonly ((draft: Draft) => string)[] = [
  (draft) => draft.header(),
  ...new Array<(draft: Draft) => string>(4).fill((draft) => draft.section()),
  ...new Array<(draft: Draft) => string>(4).fill((draft) => draft.symbol()),
  ...new Array<(draft: Draft) => string>(5).fill((draft) => draft.relocation()),
  ...new Array<(draft: Draft) => string>(3).fill((draft) => draft.dynamic()),
  (draft) => draft.copyEntry(),
  (draft) => draft.overlap(),
  (draft) => draft.retype(),
  (draft) => draft.common(),
  (draft) => draft.extended(),
  (draft) => draft.strings(),
  (draft) => draft.content(),
  (draft) => draft.flip(),
  (draft) => draft.cut(),
  (draft) => draft.splice(),
];
