// What stands before a line number program: its files, and how its opcodes are to
// be read.  Versions 2 to 5.  DWARF 5, section 6.2.4.

import { skipForm } from './abbreviations.ts';
import * as D from './constants.ts';
import { Cursor } from './cursor.ts';
import { stringAt } from './die.ts';
import { BadDwarf } from './problems.ts';
import { readLength, type Store } from './store.ts';

export interface LineHeader {
  readonly offset: number;
  readonly addressBytes: 4 | 8;
  /** By the number the program and DW_AT_decl_file use; '' where there is none. */
  readonly files: readonly string[];
  readonly minimumInstruction: number;
  readonly maximumOperations: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** By opcode: how many LEBs follow one that is not known. */
  readonly operands: readonly number[];
  readonly program: number;
  readonly end: number;
}

/** What the unit says of itself, for tables that leave it to the unit. */
export interface UnitPlace {
  readonly folder: string;
  readonly name: string;
  readonly addressBytes: 4 | 8;
}

export function readLineHeader(store: Store, offset: number, unit: UnitPlace): LineHeader {
  const cursor = new Cursor('.debug_line', store.section('.debug_line'), offset);
  const { length, offsetBytes } = readLength(cursor);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) cursor.skip(length);
  cursor.end = end;
  const version = cursor.u16();
  if (version < 2 || version > 5) throw wrong(offset, 'the version', '2 to 5', version);
  let { addressBytes } = unit;
  if (version >= 5) {
    const bytes = cursor.u8();
    if (bytes !== 4 && bytes !== 8) throw wrong(offset, 'the size of an address', '4 or 8', bytes);
    addressBytes = bytes;
    cursor.skip(1);
  }
  const headerLength = cursor.offset(offsetBytes);
  const program = cursor.at + headerLength;
  const minimumInstruction = cursor.u8();
  const maximumOperations = version >= 4 ? cursor.u8() : 1;
  const defaultIsStatement = cursor.u8() !== 0;
  const lineBase = cursor.s8();
  const lineRange = cursor.u8();
  if (lineRange === 0) throw wrong(offset, 'line_range', '1 or more', 0);
  const opcodeBase = cursor.u8();
  const operands = [0];
  for (let i = 1; i < opcodeBase; i++) operands.push(cursor.u8());
  const files =
    version >= 5
      ? newFiles(store, cursor, unit, { addressBytes, offsetBytes, version })
      : oldFiles(cursor, unit);
  return {
    ...{ offset, addressBytes, files, minimumInstruction, maximumOperations, defaultIsStatement },
    ...{ lineBase, lineRange, opcodeBase, operands, program, end },
  };
}

function wrong(offset: number, what: string, wanted: string, found: number): BadDwarf {
  const [section, of] = ['.debug_line', `${what} of the line table`];
  return new BadDwarf({ kind: 'damaged', section, offset, what: of, wanted, found: `${found}` });
}

/** Until version 4 files count from 1 and folder 0 is the unit's. */
function oldFiles(cursor: Cursor, unit: UnitPlace): readonly string[] {
  const folders = [unit.folder];
  for (let folder = cursor.string(); folder !== ''; folder = cursor.string())
    folders.push(joinPath(unit.folder, folder));
  const files = [joinPath(unit.folder, unit.name)];
  for (let name = cursor.string(); name !== ''; name = cursor.string()) {
    files.push(joinPath(folders[cursor.uleb()] ?? unit.folder, name));
    cursor.skipLeb();
    cursor.skipLeb();
  }
  return files;
}

interface Sizes {
  readonly addressBytes: 4 | 8;
  readonly offsetBytes: 4 | 8;
  readonly version: number;
}

/** Since version 5 files and folders count from 0, and tell what they tell of a file. */
function newFiles(store: Store, cursor: Cursor, unit: UnitPlace, sizes: Sizes): readonly string[] {
  const folders: string[] = [];
  for (const { path } of readEntries(store, cursor, sizes))
    folders.push(joinPath(folders[0] ?? unit.folder, path));
  return readEntries(store, cursor, sizes).map(({ path, folder }) =>
    joinPath(folders[folder] ?? unit.folder, path),
  );
}

function readEntries(
  store: Store,
  cursor: Cursor,
  sizes: Sizes,
): readonly { readonly path: string; readonly folder: number }[] {
  const formats = Array.from(
    { length: cursor.u8() },
    () => [cursor.uleb(), cursor.uleb()] as const,
  );
  const { at } = cursor;
  const count = cursor.uleb();
  // An entry has a name at least, whatever its form: more are nonsense.
  if (count > cursor.end - cursor.at)
    throw wrong(at, 'the number of files', `at most ${cursor.end - cursor.at}`, count);
  return Array.from({ length: count }, () => {
    let [path, folder] = ['', 0];
    for (const [content, form] of formats) {
      if (content === D.DW_LNCT_path) path = readText(store, cursor, form, sizes);
      else if (content === D.DW_LNCT_directory_index) folder = readIndex(cursor, form, sizes);
      else skipForm(cursor, form, sizes);
    }
    return { path, folder };
  });
}

function readText(store: Store, cursor: Cursor, form: number, sizes: Sizes): string {
  switch (form) {
    case D.DW_FORM_string:
      return cursor.string();
    case D.DW_FORM_line_strp:
      return stringAt({ store }, '.debug_line_str', cursor.offset(sizes.offsetBytes));
    case D.DW_FORM_strp:
      return stringAt({ store }, '.debug_str', cursor.offset(sizes.offsetBytes));
    default:
      skipForm(cursor, form, sizes);
      return '';
  }
}

function readIndex(cursor: Cursor, form: number, sizes: Sizes): number {
  switch (form) {
    case D.DW_FORM_data1:
      return cursor.u8();
    case D.DW_FORM_data2:
      return cursor.u16();
    case D.DW_FORM_udata:
      return cursor.uleb();
    default:
      skipForm(cursor, form, sizes);
      return 0;
  }
}

/** `name` seen from `folder`, without "." and "..", unless it begins with them. */
export function joinPath(folder: string, name: string): string {
  const whole = name.startsWith('/') || folder === '' ? name : `${folder}/${name}`;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return (whole.startsWith('/') ? '/' : '') + parts.join('/');
}

/** Whether `file` is what `wanted` means: its last components are enough. */
export function fileMatches(file: string, wanted: string): boolean {
  const path = joinPath('', wanted);
  return file === path || (path !== '' && file.endsWith(`/${path}`));
}
