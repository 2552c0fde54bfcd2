// SHT_REL and SHT_RELA sections, in place: the columns read the file's bytes
// when asked and allocate nothing, for one module may have a hundred thousand
// entries.  Both kinds are accepted on every machine.
// https://www.sco.com/developers/gabi/latest/ch4.reloc.html

import { wordsOf } from '../../base/bytes.ts';
import { type Result, unlessRefused } from '../../base/result.ts';
import * as C from './constants.ts';
import {
  contentOf,
  type ElfObject,
  type ElfRelocations,
  type ElfSection,
  hasContent,
} from './model.ts';
import { type ElfProblem, LimitedProblems, refTo } from './problems.ts';

/** Of all tables together. */
const mostProblems = 256;

export function readRelocations(
  object: Pick<ElfObject, 'bytes' | 'sections' | 'symbols' | 'wordBytes'>,
): Result<readonly ElfRelocations[], ElfProblem> {
  const found: ElfRelocations[] = [];
  const problems = new LimitedProblems(mostProblems);
  for (const section of object.sections) {
    if (section.type !== C.SHT_REL && section.type !== C.SHT_RELA) continue;
    const target = checkSection(object.sections, section, object.wordBytes, problems);
    if (target === undefined) continue;
    const inRecord = section.type === C.SHT_RELA;
    const content = contentOf(object, section);
    const table = { ...relocationColumns(content, object.wordBytes, inRecord), target };
    const types = new Set<number>();
    const wrong = checkEntries(section, table, object.symbols.count, types);
    for (const problem of wrong.listFor(section)) problems.add(problem);
    if (target.discarded === undefined) found.push({ ...table, types });
  }
  return unlessRefused(found, problems.listFor());
}

/** The section to change, if this one can be read at all. */
function checkSection(
  sections: readonly ElfSection[],
  section: ElfSection,
  wordBytes: 4 | 8,
  problems: LimitedProblems,
): ElfSection | undefined {
  let good = true;
  const bad = (field: string, wanted: string, value: number): void => {
    good = false;
    problems.add({ kind: 'bad-section', section: refTo(section), field, wanted, found: value });
  };
  const entryBytes = entrySize(section, wordBytes);
  if (section.entryBytes !== entryBytes) bad('sh_entsize', `${entryBytes}`, section.entryBytes);
  if (section.size % entryBytes !== 0) bad('sh_size', `a multiple of ${entryBytes}`, section.size);
  if (sections[section.link]?.type !== C.SHT_SYMTAB)
    bad('sh_link', 'the symbol table', section.link);
  const target = sections[section.info];
  if (target === undefined || target.index === 0) {
    bad('sh_info', `the section to relocate, below ${sections.length}`, section.info);
  } else if (section.size > 0 && !hasContent(target)) {
    bad('sh_info', 'a section with content', section.info);
  }
  return good ? target : undefined;
}

function entrySize(section: ElfSection, wordBytes: 4 | 8): number {
  return wordBytes * (section.type === C.SHT_RELA ? 3 : 2);
}

/** A table of relocations wherever it stands; offsets are as in the file. */
export type RelocationColumns = Omit<ElfRelocations, 'types' | 'target'>;

/** The whole entries of `bytes`; `inRecord`: RELA. */
export function relocationColumns(
  bytes: Uint8Array,
  wordBytes: 4 | 8,
  inRecord: boolean,
): RelocationColumns {
  const layout = wordBytes === 8 ? (inRecord ? rela64 : rel64) : inRecord ? rela32 : rel32;
  return {
    addends: inRecord ? 'in-record' : 'in-place',
    count: Math.floor(bytes.length / (wordBytes * (inRecord ? 3 : 2))),
    ...layout(wordsOf(bytes)),
  };
}

// Elf64_Rela, Elf64_Rel, Elf32_Rela and Elf32_Rel, in words of 32 bits.  ELF64 keeps
// type and symbol in the two halves of r_info.  Hot, hence written out, with every
// stride a constant; tables hold whole records, so there is a word at each index.

type Layout = (
  words: Uint32Array,
) => Pick<RelocationColumns, 'offsetAt' | 'typeAt' | 'symbolAt' | 'addendAt' | 'narrowAddendAt'>;

const TWO_32 = 0x1_0000_0000;
const inPlace = { addendAt: () => 0n, narrowAddendAt: () => Number.NaN };

const rela64: Layout = (words) => {
  const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
  return {
    offsetAt: (i) => (words[i * 6] ?? 0) + (words[i * 6 + 1] ?? 0) * TWO_32,
    typeAt: (i) => words[i * 6 + 2] ?? 0,
    symbolAt: (i) => words[i * 6 + 3] ?? 0,
    addendAt: (i) => (BigInt(signed[i * 6 + 5] ?? 0) << 32n) | BigInt(words[i * 6 + 4] ?? 0),
    narrowAddendAt: (i) => {
      const high = signed[i * 6 + 5] ?? 0;
      return high === 0 || high === -1 ? high * TWO_32 + (words[i * 6 + 4] ?? 0) : Number.NaN;
    },
  };
};

const rel64: Layout = (words) => ({
  offsetAt: (i) => (words[i * 4] ?? 0) + (words[i * 4 + 1] ?? 0) * TWO_32,
  typeAt: (i) => words[i * 4 + 2] ?? 0,
  symbolAt: (i) => words[i * 4 + 3] ?? 0,
  ...inPlace,
});

const rela32: Layout = (words) => ({
  offsetAt: (i) => words[i * 3] ?? 0,
  typeAt: (i) => (words[i * 3 + 1] ?? 0) & 0xff,
  symbolAt: (i) => (words[i * 3 + 1] ?? 0) >>> 8,
  addendAt: (i) => BigInt((words[i * 3 + 2] ?? 0) | 0),
  narrowAddendAt: (i) => (words[i * 3 + 2] ?? 0) | 0,
});

const rel32: Layout = (words) => ({
  offsetAt: (i) => words[i * 2] ?? 0,
  typeAt: (i) => (words[i * 2 + 1] ?? 0) & 0xff,
  symbolAt: (i) => (words[i * 2 + 1] ?? 0) >>> 8,
  ...inPlace,
});

/** Adds the types it sees to `types`. */
function checkEntries(
  from: ElfSection,
  table: Omit<ElfRelocations, 'types'>,
  symbols: number,
  types: Set<number>,
): LimitedProblems {
  const problems = new LimitedProblems();
  const section = refTo(from);
  // Offsets in a compressed section count its uncompressed bytes.
  const compressed = (table.target.flags & C.SHF_COMPRESSED) !== 0;
  const targetBytes = compressed ? Number.POSITIVE_INFINITY : table.target.size;
  // Of a few types in turn; a set is slow to ask each time.
  let [last, before] = [-1, -1];
  for (let index = 0; index < table.count; index++) {
    const type = table.typeAt(index);
    if (type !== last) {
      if (type !== before) types.add(type);
      before = last;
      last = type;
    }
    const offset = table.offsetAt(index);
    // A relocation that changes nothing (R_*_NONE) may stand at the very end.
    if (offset > targetBytes) {
      const target = refTo(table.target);
      problems.add({
        kind: 'bad-relocation-offset',
        section,
        index,
        target,
        found: offset,
        targetBytes,
      });
    }
    const symbol = table.symbolAt(index);
    // Symbol 0 needs no table: the value is 0.
    if (symbol >= symbols && symbol !== 0) {
      problems.add({ kind: 'bad-relocation-symbol', section, index, found: symbol, symbols });
    }
  }
  return problems;
}
