// SHT_REL and SHT_RELA sections, in place: the columns read the file's bytes
// when asked and allocate nothing, for one module may have a hundred thousand
// entries.  Both kinds are accepted on every machine.
// https://www.sco.com/developers/gabi/latest/ch4.reloc.html

import { size64, viewOf } from '../../base/bytes.ts';
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
    const table = columns(section, target, contentOf(object, section), object.wordBytes);
    for (const problem of checkEntries(table, object.symbols.count).listFor(section))
      problems.add(problem);
    if (target.discarded === undefined) found.push(table);
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

function columns(
  section: ElfSection,
  target: ElfSection,
  entries: Uint8Array,
  wordBytes: 4 | 8,
): ElfRelocations {
  const view = viewOf(entries);
  const wide = wordBytes === 8;
  const inRecord = section.type === C.SHT_RELA;
  const stride = entrySize(section, wordBytes);
  return {
    section,
    target,
    addends: inRecord ? 'in-record' : 'in-place',
    count: Math.floor(section.size / stride),
    offsetAt: (i) => (wide ? size64(view, i * stride) : view.getUint32(i * stride, true)),
    // ELF64 keeps type and symbol in the two halves of r_info.
    typeAt: (i) => (wide ? view.getUint32(i * stride + 8, true) : view.getUint8(i * stride + 4)),
    symbolAt: (i) =>
      wide ? view.getUint32(i * stride + 12, true) : view.getUint32(i * stride + 4, true) >>> 8,
    addendAt: (i) => {
      if (!inRecord) return 0n;
      return wide
        ? view.getBigInt64(i * stride + 16, true)
        : BigInt(view.getInt32(i * stride + 8, true));
    },
    narrowAddendAt: (i) => {
      if (!inRecord) return Number.NaN;
      if (!wide) return view.getInt32(i * stride + 8, true);
      const low = view.getUint32(i * stride + 16, true);
      const high = view.getInt32(i * stride + 20, true);
      return high === 0 || high === -1 ? high * 0x1_0000_0000 + low : Number.NaN;
    },
  };
}

function checkEntries(table: ElfRelocations, symbols: number): LimitedProblems {
  const problems = new LimitedProblems();
  const section = refTo(table.section);
  // Offsets in a compressed section count its uncompressed bytes.
  const compressed = (table.target.flags & C.SHF_COMPRESSED) !== 0;
  const targetBytes = compressed ? Number.POSITIVE_INFINITY : table.target.size;
  for (let index = 0; index < table.count; index++) {
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
