// Writes small ELF relocatable objects for tests: both word sizes, REL or RELA.
// The order in the file is header, groups, contents, relocations, .symtab, .strtab,
// .symtab_shndx where a section's index needs it, .shstrtab, section headers, as
// assemblers do it.

import * as C from '../../src/object/elf/constants.ts';

export interface SectionSpec {
  readonly name: string;
  /** What others in this file call it, where names repeat; the name unless told. */
  readonly id?: string;
  /** SHT_PROGBITS unless told. */
  readonly type?: number;
  /** SHF_ALLOC unless told. */
  readonly flags?: number;
  readonly bytes?: readonly number[] | Uint8Array;
  /** Of SHT_NOBITS. */
  readonly size?: number;
  readonly align?: number;
}

export interface SymbolSpec {
  readonly name: string;
  /** What others in this file call it, where names repeat; the name unless told. */
  readonly id?: string;
  /** A section's id, 'ABS', 'COMMON' or a number; undefined symbols leave it out. */
  readonly section?: string | number;
  readonly value?: number | bigint;
  readonly size?: number;
  /** STB_GLOBAL unless told. */
  readonly binding?: number;
  readonly type?: number;
}

export interface RelocationSpec {
  /** The section to change. */
  readonly section: string;
  readonly offset: number;
  readonly type: number;
  readonly symbol?: string;
  /** Of RELA; REL finds it in the bytes. */
  readonly addend?: number | bigint;
}

export interface GroupSpec {
  /** The id of a symbol. */
  readonly signature: string;
  /** GRP_COMDAT unless told. */
  readonly flags?: number;
  /** Ids of sections, or indexes. */
  readonly members: readonly (string | number)[];
}

export interface ElfSpec {
  readonly wordBytes: 4 | 8;
  readonly machine: number;
  readonly addends: 'in-place' | 'in-record';
  readonly fileType?: number;
  readonly groups?: readonly GroupSpec[];
  readonly sections: readonly SectionSpec[];
  readonly symbols?: readonly SymbolSpec[];
  readonly relocations?: readonly RelocationSpec[];
  /** What follows the ELF file. */
  readonly trailer?: Uint8Array;
}

interface Header {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly content: Uint8Array;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entryBytes: number;
}

/** Little-endian words of `bytes` bytes each. */
export function littleEndian(
  bytes: 1 | 2 | 4 | 8,
  ...values: readonly (number | bigint)[]
): number[] {
  return values.flatMap((value) =>
    Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn)),
  );
}

/** The text's bytes and a NUL. */
export function cStringBytes(text: string): number[] {
  return [...new TextEncoder().encode(text), 0];
}

export function writeElf(spec: ElfSpec): Uint8Array {
  const symbols = [...(spec.symbols ?? [])].sort(
    (a, b) => Number(bindingOf(a) !== C.STB_LOCAL) - Number(bindingOf(b) !== C.STB_LOCAL),
  );
  const targets = new Map<string, RelocationSpec[]>();
  for (const relocation of spec.relocations ?? []) {
    const before = targets.get(relocation.section);
    if (before === undefined) targets.set(relocation.section, [relocation]);
    else before.push(relocation);
  }
  const groups = spec.groups ?? [];
  const symtabIndex = 1 + groups.length + spec.sections.length + targets.size;
  const strings = new Strings();
  const ids: Ids = {
    sections: new Map(spec.sections.map(({ name, id }, i) => [id ?? name, 1 + groups.length + i])),
    symbols: new Map(symbols.map(({ name, id }, i) => [id ?? name, 1 + i])),
  };
  const headers: Header[] = [
    header({ name: '', type: C.SHT_NULL, flags: 0, align: 0 }),
    ...groups.map((group) => groupHeader(group, ids, symtabIndex)),
    ...spec.sections.map((section) => sectionHeader(section)),
    ...[...targets].map((target) => relocationHeader(spec, target, ids, symtabIndex)),
    symtabHeader(spec, symbols, ids, symtabIndex, strings),
  ];
  headers.push(header({ name: '.strtab', type: C.SHT_STRTAB, content: strings.bytes() }));
  if (headers.length >= C.SHN_LORESERVE) headers.push(extendedHeader(symbols, ids, symtabIndex));
  return assemble(spec, headers);
}

/** By id: the index in the file. */
interface Ids {
  readonly sections: ReadonlyMap<string, number>;
  readonly symbols: ReadonlyMap<string, number>;
}

function indexOf(ids: ReadonlyMap<string, number>, id: string): number {
  const index = ids.get(id);
  if (index === undefined) throw new Error(`there is no ${id}`);
  return index;
}

function bindingOf(symbol: SymbolSpec): number {
  return symbol.binding ?? C.STB_GLOBAL;
}

function header(fields: Partial<Header> & Pick<Header, 'name' | 'type'>): Header {
  const content = fields.content ?? new Uint8Array();
  const size = content.length;
  return { flags: 0, link: 0, info: 0, align: 1, entryBytes: 0, size, ...fields, content };
}

function sectionHeader(section: SectionSpec): Header {
  const content = Uint8Array.from(section.bytes ?? []);
  return header({
    name: section.name,
    type: section.type ?? C.SHT_PROGBITS,
    flags: section.flags ?? C.SHF_ALLOC,
    content,
    size: section.size ?? content.length,
    align: section.align ?? 1,
  });
}

function groupHeader(group: GroupSpec, ids: Ids, symtabIndex: number): Header {
  const members = group.members.map((member) =>
    typeof member === 'number' ? member : indexOf(ids.sections, member),
  );
  return header({
    name: '.group',
    type: C.SHT_GROUP,
    content: Uint8Array.from(littleEndian(4, group.flags ?? C.GRP_COMDAT, ...members)),
    link: symtabIndex,
    info: indexOf(ids.symbols, group.signature),
    align: 4,
    entryBytes: 4,
  });
}

/** The index of every symbol's section, in whole words. */
function extendedHeader(symbols: readonly SymbolSpec[], ids: Ids, symtabIndex: number): Header {
  const words = symbols.map(({ section }) => {
    const index = symbolSection(ids, section);
    return index >= C.SHN_LORESERVE && typeof section === 'string' && ids.sections.has(section)
      ? index
      : 0;
  });
  return header({
    name: '.symtab_shndx',
    type: C.SHT_SYMTAB_SHNDX,
    content: Uint8Array.from(littleEndian(4, 0, ...words)),
    link: symtabIndex,
    align: 4,
    entryBytes: 4,
  });
}

function relocationHeader(
  spec: ElfSpec,
  [target, relocations]: readonly [string, readonly RelocationSpec[]],
  ids: Ids,
  symtabIndex: number,
): Header {
  const inRecord = spec.addends === 'in-record';
  const wide = spec.wordBytes === 8;
  const content = relocations.flatMap(({ offset, type, symbol, addend }) => {
    const index = symbol === undefined ? 0 : indexOf(ids.symbols, symbol);
    const info = wide ? (BigInt(index) << 32n) | BigInt(type) : (index << 8) | type;
    return littleEndian(spec.wordBytes, offset, info, ...(inRecord ? [addend ?? 0] : []));
  });
  return header({
    name: `${inRecord ? '.rela' : '.rel'}${target}`,
    type: inRecord ? C.SHT_RELA : C.SHT_REL,
    flags: C.SHF_INFO_LINK,
    content: Uint8Array.from(content),
    link: symtabIndex,
    info: indexOf(ids.sections, target),
    align: spec.wordBytes,
    entryBytes: spec.wordBytes * (inRecord ? 3 : 2),
  });
}

function symtabHeader(
  spec: ElfSpec,
  symbols: readonly SymbolSpec[],
  ids: Ids,
  index: number,
  strings: Strings,
): Header {
  const wide = spec.wordBytes === 8;
  const entryBytes = wide ? 24 : 16;
  const entries = symbols.flatMap((symbol) => {
    const name = littleEndian(4, strings.add(symbol.name));
    const info = [(bindingOf(symbol) << 4) | (symbol.type ?? C.STT_NOTYPE), 0];
    const where = symbolSection(ids, symbol.section);
    const inSection = typeof symbol.section === 'string' && ids.sections.has(symbol.section);
    const section = littleEndian(2, inSection && where >= C.SHN_LORESERVE ? C.SHN_XINDEX : where);
    const value = littleEndian(spec.wordBytes, symbol.value ?? 0);
    const size = littleEndian(spec.wordBytes, symbol.size ?? 0);
    return wide
      ? [...name, ...info, ...section, ...value, ...size]
      : [...name, ...value, ...size, ...info, ...section];
  });
  return header({
    name: '.symtab',
    type: C.SHT_SYMTAB,
    content: Uint8Array.from([...new Array<number>(entryBytes).fill(0), ...entries]),
    link: index + 1,
    info: 1 + symbols.filter((symbol) => bindingOf(symbol) === C.STB_LOCAL).length,
    align: spec.wordBytes,
    entryBytes,
  });
}

function symbolSection(ids: Ids, section: string | number | undefined): number {
  if (typeof section === 'number') return section;
  switch (section) {
    case undefined:
      return C.SHN_UNDEF;
    case 'ABS':
      return C.SHN_ABS;
    case 'COMMON':
      return C.SHN_COMMON;
    default:
      return indexOf(ids.sections, section);
  }
}

function assemble(spec: ElfSpec, headers: readonly Header[]): Uint8Array {
  const wide = spec.wordBytes === 8;
  const names = new Strings();
  const nameOffsets = [...headers.map(({ name }) => names.add(name)), names.add('.shstrtab')];
  const all = [
    ...headers,
    header({ name: '.shstrtab', type: C.SHT_STRTAB, content: names.bytes() }),
  ];
  const file: number[] = new Array<number>(wide ? 64 : 52).fill(0);
  const align = (to: number): void => {
    while (file.length % to !== 0) file.push(0);
  };
  const table = all.flatMap((section, i) => {
    // Large alignments matter in memory only.
    align(Math.min(64, Math.max(1, section.align)));
    const offset = file.length;
    for (const byte of section.content) file.push(byte);
    const word = (...values: number[]): number[] => littleEndian(spec.wordBytes, ...values);
    // What does not fit into the file header stands in section 0.
    const many = i === 0 && all.length >= C.SHN_LORESERVE;
    return [
      ...littleEndian(4, nameOffsets[i] ?? 0, section.type),
      ...word(section.flags, 0, i === 0 ? 0 : offset, many ? all.length : section.size),
      ...littleEndian(4, many ? all.length - 1 : section.link, section.info),
      ...word(section.align, section.entryBytes),
    ];
  });
  align(8);
  const shoff = file.length;
  const ident = [0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1, ...new Array<number>(9).fill(0)];
  const start = [
    ...ident,
    ...littleEndian(2, spec.fileType ?? C.ET_REL, spec.machine),
    ...littleEndian(4, 1),
    ...littleEndian(spec.wordBytes, 0, 0, shoff),
    ...littleEndian(4, 0),
    ...littleEndian(2, wide ? 64 : 52, 0, 0, wide ? 64 : 40),
    ...(all.length < C.SHN_LORESERVE
      ? littleEndian(2, all.length, all.length - 1)
      : littleEndian(2, 0, C.SHN_XINDEX)),
  ];
  return Uint8Array.from([
    ...start,
    ...file.slice(start.length),
    ...table,
    ...(spec.trailer ?? []),
  ]);
}

/** A string table under construction. */
class Strings {
  private readonly content: number[] = [0];

  add(text: string): number {
    if (text === '') return 0;
    const offset = this.content.length;
    for (const byte of cStringBytes(text)) this.content.push(byte);
    return offset;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.content);
  }
}
