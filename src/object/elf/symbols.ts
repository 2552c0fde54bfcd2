// .symtab, in place: the columns read the file's bytes when asked.  Reading
// checks every entry once, so that the columns cannot fail later.
// https://www.sco.com/developers/gabi/latest/ch4.symtab.html

import { size64, viewOf } from '../../base/bytes.ts';
import { type Result, refuse, succeed, unlessRefused } from '../../base/result.ts';
import * as C from './constants.ts';
import type { ElfSection, ElfSymbols } from './model.ts';
import { type ElfProblem, LimitedProblems, refTo } from './problems.ts';

const noSymbols: ElfSymbols = {
  count: 0,
  nameAt: () => '',
  valueAt: () => 0n,
  sizeAt: () => 0,
  bindingAt: () => C.STB_LOCAL,
  typeAt: () => C.STT_NOTYPE,
  sectionAt: () => C.SHN_UNDEF,
};

export function readSymbols(
  bytes: Uint8Array,
  sections: readonly ElfSection[],
  wordBytes: 4 | 8,
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
  if (problems.length > 0) return refuse(problems);
  const entries = bytes.subarray(table.offset, table.offset + table.size);
  const symbols = columns(entries, names, wordBytes, count);
  return unlessRefused(
    symbols,
    checkEntries(viewOf(entries), entryBytes, symbols, names.length, sections.length).listFor(
      table,
    ),
  );
}

function columns(
  entries: Uint8Array,
  names: Uint8Array,
  wordBytes: 4 | 8,
  count: number,
): ElfSymbols {
  const view = viewOf(entries);
  const wide = wordBytes === 8;
  const stride = wide ? 24 : 16;
  const info = wide ? 4 : 12;
  const section = wide ? 6 : 14;
  const decoder = new TextDecoder();
  return {
    count,
    nameAt: (i) => {
      const start = view.getUint32(i * stride, true);
      return start === 0 ? '' : decoder.decode(names.subarray(start, names.indexOf(0, start)));
    },
    valueAt: (i) =>
      wide ? view.getBigUint64(i * stride + 8, true) : BigInt(view.getUint32(i * stride + 4, true)),
    sizeAt: (i) => (wide ? size64(view, i * stride + 16) : view.getUint32(i * stride + 8, true)),
    bindingAt: (i) => view.getUint8(i * stride + info) >> 4,
    typeAt: (i) => view.getUint8(i * stride + info) & 15,
    sectionAt: (i) => view.getUint16(i * stride + section, true),
  };
}

function checkEntries(
  view: DataView,
  stride: number,
  symbols: ElfSymbols,
  tableBytes: number,
  sections: number,
): LimitedProblems {
  const problems = new LimitedProblems();
  for (let index = 0; index < symbols.count; index++) {
    const name = view.getUint32(index * stride, true);
    if (name !== 0 && name >= tableBytes) {
      problems.add({ kind: 'bad-name', of: 'symbol', index, found: name, tableBytes });
    }
    const section = symbols.sectionAt(index);
    if (section === C.SHN_XINDEX) {
      problems.add({
        kind: 'unsupported',
        what: `SHN_XINDEX of symbol ${index}`,
        section: undefined,
      });
    } else if (section >= sections && section !== C.SHN_ABS && section !== C.SHN_COMMON) {
      if (section !== C.SHN_UNDEF) {
        problems.add({ kind: 'bad-symbol-section', index, found: section, sections });
      }
    }
  }
  return problems;
}
