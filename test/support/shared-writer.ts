// Writes small shared objects for tests, tables and all, where ld.lld would not make
// the mistake that a test wants.  One read-only PT_LOAD at address 0 has the headers
// and what PT_DYNAMIC leads to; those of the test follow.

import * as C from '../../src/object/elf/constants.ts';
import { littleEndian } from './elf-writer.ts';

export interface LoadSpec {
  readonly address: number;
  readonly bytes: readonly number[] | Uint8Array;
  /** PF_*; readable and writable unless told. */
  readonly flags?: number;
  /** In memory; as in the file unless told. */
  readonly size?: number;
  readonly align?: number;
}

export interface DynamicSymbolSpec {
  readonly name: string;
  /** An address; undefined symbols leave it out. */
  readonly value?: number;
  /** STB_GLOBAL and STT_OBJECT unless told. */
  readonly binding?: number;
  readonly type?: number;
  /** SHN_*; any defined one unless told. */
  readonly section?: number;
}

export interface DynamicRelocationSpec {
  /** An address. */
  readonly place: number;
  readonly type: number;
  /** Its name. */
  readonly symbol?: string;
  readonly addend?: number | bigint;
}

export interface SharedFile {
  readonly wordBytes: 4 | 8;
  readonly machine: number;
  readonly loads: readonly LoadSpec[];
  readonly symbols?: readonly DynamicSymbolSpec[];
  readonly rel?: readonly DynamicRelocationSpec[];
  readonly rela?: readonly DynamicRelocationSpec[];
  /** Words of DT_RELR. */
  readonly relr?: readonly (number | bigint)[];
  /** More tables, by the tag of their addresses. */
  readonly tables?: Readonly<Partial<Record<C.DynamicTag, readonly number[]>>>;
  /** More entries, which also take the place of those made here; undefined takes one away. */
  readonly entries?: Readonly<Partial<Record<C.DynamicTag, number | undefined>>>;
  /** More program headers: of what kind, from where, how long. */
  readonly headers?: readonly { type: number; address: number; size: number }[];
}

/** The address of the byte behind what was written here for sure. */
export const FIRST_PAGE = 0x1000;

export function writeShared(spec: SharedFile): Uint8Array {
  const { wordBytes, symbols = [] } = spec;
  const wide = wordBytes === 8;
  const file: number[] = [];
  const pad = (to: number): void => {
    while (file.length % to !== 0) file.push(0);
  };
  const put = (bytes: readonly number[] | Uint8Array): number => {
    pad(8);
    const at = file.length;
    for (const byte of bytes) file.push(byte);
    return at;
  };
  const programHeaders = 2 + spec.loads.length + (spec.headers?.length ?? 0);
  put(new Array<number>((wide ? 64 : 52) + programHeaders * (wide ? 56 : 32)).fill(0));

  const strings = ['', 'file', ...symbols.map(({ name }) => name), 'V1', 'other.so'].join('\0');
  const text = [...new TextEncoder().encode(`${strings}\0`)];
  const nameAt = (name: string): number => `\0${strings}\0`.indexOf(`\0${name}\0`);
  const indexOf = (name: string | undefined): number =>
    name === undefined ? 0 : 1 + symbols.findIndex((symbol) => symbol.name === name);
  const records = (list: readonly DynamicRelocationSpec[], inRecord: boolean): number[] =>
    list.flatMap(({ place, type, symbol, addend = 0 }) => {
      const index = indexOf(symbol);
      const info = wide ? (BigInt(index) << 32n) | BigInt(type) : (index << 8) | type;
      return littleEndian(wordBytes, place, info, ...(inRecord ? [addend] : []));
    });
  const entries = new Map<C.DynamicTag, number>();
  const table = (tag: C.DynamicTag, bytes: readonly number[], size?: C.DynamicTag): void => {
    entries.set(tag, put(bytes));
    if (size !== undefined) entries.set(size, bytes.length);
  };
  table('STRTAB', text, 'STRSZ');
  table('SYMTAB', symbolTable(symbols, wordBytes, nameAt));
  table('HASH', littleEndian(4, 1, symbols.length + 1, 0, ...symbols.map(() => 0), 0));
  if (spec.rel !== undefined) table('REL', records(spec.rel, false), 'RELSZ');
  if (spec.rela !== undefined) table('RELA', records(spec.rela, true), 'RELASZ');
  if (spec.relr !== undefined) table('RELR', littleEndian(wordBytes, ...spec.relr), 'RELRSZ');
  for (const tag of tagNames) {
    const bytes = spec.tables?.[tag];
    if (bytes !== undefined) table(tag, bytes);
  }
  for (const tag of tagNames) {
    if (spec.entries === undefined || !(tag in spec.entries)) continue;
    const value = spec.entries[tag];
    if (value === undefined) entries.delete(tag);
    else entries.set(tag, value);
  }
  const pairs = [...entries].flatMap(([tag, value]) => [C.DT[tag], value]);
  const dynamic = littleEndian(wordBytes, ...pairs, 0, 0);
  const dynamicAt = put(dynamic);
  const firstBytes = file.length;
  const header = (type: number, flags: number, at: number, address: number, sizes: number[]) => {
    const [inFile = 0, inMemory = inFile, align = 0x1000] = sizes;
    return wide
      ? [
          ...littleEndian(4, type, flags),
          ...littleEndian(8, at, address, 0, inFile, inMemory, align),
        ]
      : [...littleEndian(4, type, at, address, 0, inFile, inMemory, flags, align)];
  };
  const headers = [
    ...header(C.PT_LOAD, 4, 0, 0, [firstBytes]),
    ...spec.loads.flatMap(({ address, bytes, flags = 6, size = bytes.length, align }) =>
      header(C.PT_LOAD, flags, put(bytes), address, [bytes.length, size, align ?? 0x1000]),
    ),
    ...header(C.PT_DYNAMIC, 4, dynamicAt, dynamicAt, [dynamic.length, dynamic.length, 8]),
    ...(spec.headers ?? []).flatMap(({ type, address, size }) =>
      header(type, 4, 0, address, [0, size, 1]),
    ),
  ];
  const start = [
    ...[0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1, ...new Array<number>(9).fill(0)],
    ...littleEndian(2, C.ET_DYN, spec.machine),
    ...littleEndian(4, 1),
    ...littleEndian(wordBytes, 0, wide ? 64 : 52, 0),
    ...littleEndian(4, 0),
    ...littleEndian(2, wide ? 64 : 52, wide ? 56 : 32, programHeaders, 0, 0, 0),
  ];
  const bytes = Uint8Array.from(file);
  bytes.set([...start, ...headers]);
  return bytes;
}

const tagNames = Object.keys(C.DT).filter((name): name is C.DynamicTag => name in C.DT);

function symbolTable(
  symbols: readonly DynamicSymbolSpec[],
  wordBytes: 4 | 8,
  nameAt: (name: string) => number,
): number[] {
  const entry = (name: number, value: number, info: number, section: number): number[] =>
    wordBytes === 8
      ? [
          ...littleEndian(4, name),
          info,
          0,
          ...littleEndian(2, section),
          ...littleEndian(8, value, 8),
        ]
      : [...littleEndian(4, name, value, 4), info, 0, ...littleEndian(2, section)];
  return [
    ...entry(0, 0, 0, 0).map(() => 0),
    ...symbols.flatMap(({ name, value, binding = C.STB_GLOBAL, type = C.STT_OBJECT, section }) =>
      entry(
        nameAt(name),
        value ?? 0,
        (binding << 4) | type,
        section ?? (value === undefined ? C.SHN_UNDEF : 1),
      ),
    ),
  ];
}
