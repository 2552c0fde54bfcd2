// .symtab, in place: the columns read the file's bytes when asked.  Reading
// checks every entry once, so that the columns cannot fail later.  A section whose
// index does not fit into st_shndx stands in a table of its own beside it.
// https://www.sco.com/developers/gabi/latest/ch4.symtab.html

import { size64, viewOf } from '../../base/bytes.ts';
import { type Result, refuse, succeed, unlessRefused } from '../../base/result.ts';
import * as C from './constants.ts';
import type { ElfSection, ElfSymbols } from './model.ts';
import { type ElfProblem, LimitedProblems, refTo } from './problems.ts';
import { NAMES_LIMIT } from './sections.ts';

export const noSymbols: ElfSymbols = {
  count: 0,
  nameAt: () => '',
  valueAt: () => 0n,
  narrowValueAt: () => 0,
  sizeAt: () => 0,
  bindingAt: () => C.STB_LOCAL,
  typeAt: () => C.STT_NOTYPE,
  visibilityAt: () => C.STV_DEFAULT,
  sectionAt: () => C.SHN_UNDEF,
};

export function readSymbols(
  bytes: Uint8Array,
  sections: readonly ElfSection[],
  { wordBytes, machine }: { readonly wordBytes: 4 | 8; readonly machine: number },
): Result<ElfSymbols, ElfProblem> {
  const [table, second] = sections.filter((section) => section.type === C.SHT_SYMTAB);
  if (table === undefined) return succeed(noSymbols);
  const problems: ElfProblem[] = [];
  const bad = (field: string, wanted: string, found: number): void => {
    problems.push({ kind: 'bad-section', section: refTo(table), field, wanted, found });
  };
  if (second !== undefined) {
    problems.push({ kind: 'unsupported', what: 'a second symbol table', section: refTo(second) });
  }
  const entryBytes = wordBytes === 8 ? 24 : 16;
  const count = Math.floor(table.size / entryBytes);
  if (table.entryBytes !== entryBytes) bad('sh_entsize', `${entryBytes}`, table.entryBytes);
  if (table.size % entryBytes !== 0) bad('sh_size', `a multiple of ${entryBytes}`, table.size);
  if (table.info > count) bad('sh_info', `at most ${count}, the number of symbols`, table.info);
  const strings = sections[table.link];
  if (strings === undefined || strings.type !== C.SHT_STRTAB) {
    bad('sh_link', 'a string table', table.link);
    return refuse(problems);
  }
  const names = bytes.subarray(strings.offset, strings.offset + strings.size);
  if (names.length > 0 && names[names.length - 1] !== 0) {
    problems.push({ kind: 'unterminated-strings', section: refTo(strings) });
  }
  const extended = readExtended(bytes, sections, table, count, problems);
  if (problems.length > 0) return refuse(problems);
  const entries = bytes.subarray(table.offset, table.offset + table.size);
  const view = viewOf(entries);
  const symbols = symbolColumns(view, names, extended, wordBytes, count);
  const found = checkEntries(view, symbols, {
    stride: entryBytes,
    names,
    sections: sections.length,
    extended,
    machine,
  });
  return unlessRefused(symbols, found.listFor(table));
}

/** The section of each symbol whose st_shndx is SHN_XINDEX; undefined: there is no table. */
function readExtended(
  bytes: Uint8Array,
  sections: readonly ElfSection[],
  symtab: ElfSection,
  count: number,
  problems: ElfProblem[],
): DataView | undefined {
  const [table, second] = sections.filter(
    ({ type, link }) => type === C.SHT_SYMTAB_SHNDX && link === symtab.index,
  );
  if (table === undefined) return undefined;
  if (second !== undefined) {
    const what = 'a second SHT_SYMTAB_SHNDX';
    problems.push({ kind: 'unsupported', what, section: refTo(second) });
  }
  if (table.size !== count * 4) {
    const wanted = `${count * 4}, 4 for each symbol`;
    const found = table.size;
    problems.push({ kind: 'bad-section', section: refTo(table), field: 'sh_size', wanted, found });
  }
  return viewOf(bytes.subarray(table.offset, table.offset + table.size));
}

/** The high word of 2^52. */
const NARROW_HIGH = 0x10_0000;

/** A table of symbols wherever it stands; st_value is as in the file. */
export function symbolColumns(
  view: DataView,
  names: Uint8Array,
  extended: DataView | undefined,
  wordBytes: 4 | 8,
  count: number,
): ElfSymbols {
  const wide = wordBytes === 8;
  const stride = wide ? 24 : 16;
  const info = wide ? 4 : 12;
  const section = wide ? 6 : 14;
  const stringAt = stringsOf(names);
  return {
    count,
    nameAt: (i) => {
      const start = view.getUint32(i * stride, true);
      return start === 0 ? '' : stringAt(start);
    },
    valueAt: (i) =>
      wide ? view.getBigUint64(i * stride + 8, true) : BigInt(view.getUint32(i * stride + 4, true)),
    narrowValueAt: (i) => {
      if (!wide) return view.getUint32(i * stride + 4, true);
      const high = view.getUint32(i * stride + 12, true);
      return high < NARROW_HIGH
        ? high * 0x1_0000_0000 + view.getUint32(i * stride + 8, true)
        : Number.NaN;
    },
    sizeAt: (i) => (wide ? size64(view, i * stride + 16) : view.getUint32(i * stride + 8, true)),
    bindingAt: (i) => view.getUint8(i * stride + info) >> 4,
    typeAt: (i) => view.getUint8(i * stride + info) & 15,
    visibilityAt: (i) => view.getUint8(i * stride + info + 1) & 3,
    sectionAt: (i) => {
      const index = view.getUint16(i * stride + section, true);
      if (index < C.SHN_LORESERVE) return index;
      if (index !== C.SHN_XINDEX) return C.reservedIndex(index);
      return extended?.getUint32(i * 4, true) ?? C.SHN_UNDEF;
    },
  };
}

/**
 * Decodes the whole table the first time it is asked, which is much faster than
 * name by name.  While every byte is one character, offsets are the same in both.
 */
function stringsOf(bytes: Uint8Array): (start: number) => string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let whole: string | undefined;
  return (start) => {
    whole ??= decoder.decode(bytes);
    if (whole.length === bytes.length) return whole.slice(start, whole.indexOf('\0', start));
    return decoder.decode(bytes.subarray(start, bytes.indexOf(0, start)));
  };
}

function checkEntries(
  view: DataView,
  symbols: ElfSymbols,
  table: {
    readonly stride: number;
    readonly names: Uint8Array;
    readonly sections: number;
    readonly extended: DataView | undefined;
    readonly machine: number;
  },
): LimitedProblems {
  const problems = new LimitedProblems();
  const { stride, sections } = table;
  const tableBytes = table.names.length;
  const at = stride === 24 ? 6 : 14;
  for (let index = 0; index < symbols.count; index++) {
    const name = view.getUint32(index * stride, true);
    if (name !== 0 && name >= tableBytes) {
      problems.add({ kind: 'bad-name', of: 'symbol', index, found: name, tableBytes });
    }
    const section = symbols.sectionAt(index);
    const inFile = view.getUint16(index * stride + at, true);
    if (inFile === C.SHN_XINDEX && table.extended === undefined) {
      problems.add({ kind: 'no-symtab-shndx', index });
    } else if (section < sections || section === C.SHN_ABS || section === C.SHN_COMMON) {
    } else if (inFile >= C.SHN_LORESERVE && inFile !== C.SHN_XINDEX) {
      const symbol = name < tableBytes ? symbols.nameAt(index) : '';
      const found = { symbol, found: inFile, name: C.reservedIndexName(table.machine, inFile) };
      problems.add({ kind: 'reserved-symbol-section', index, ...found });
    } else {
      problems.add({ kind: 'bad-symbol-section', index, found: section, sections });
    }
  }
  if (areTooLong(view, stride, table.names)) {
    problems.add({ kind: 'names-too-long', of: 'symbol', limit: NAMES_LIMIT });
  }
  return problems;
}

/** Whether all names together are beyond NAMES_LIMIT; looks closely only when they may be. */
export function areTooLong(view: DataView, stride: number, names: Uint8Array): boolean {
  const count = view.byteLength / stride;
  if (!hasLonger(names, Math.floor(NAMES_LIMIT / Math.max(1, count)))) return false;
  let total = 0;
  for (let i = 0; i < count && total <= NAMES_LIMIT; i++) {
    const name = view.getUint32(i * stride, true);
    if (name !== 0 && name < names.length) total += names.indexOf(0, name) - name;
  }
  return total > NAMES_LIMIT;
}

/** Whether there are more than `most` bytes between two NULs; looks at a few of them. */
function hasLonger(names: Uint8Array, most: number): boolean {
  let start = 0;
  while (start + most < names.length) {
    const end = names.lastIndexOf(0, start + most);
    if (end < start) return true;
    start = end + 1;
  }
  return false;
}
