// SHT_REL and SHT_RELA sections: every entry has a place in its section and a symbol
// that exists.  Both kinds are accepted on every machine.
// https://www.sco.com/developers/gabi/latest/ch4.reloc.html

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
import { RelocationRecords } from './relocation-records.ts';

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
    const content = contentOf(object, section);
    const table = new SectionRelocations(content, object.wordBytes, section, target);
    const wrong = checkEntries(section, table, object.symbols.count);
    for (const problem of wrong.listFor(section)) problems.add(problem);
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

class SectionRelocations extends RelocationRecords implements ElfRelocations {
  readonly target: ElfSection;
  readonly types: ReadonlySet<number>;
  /** The largest there are; 0 without entries. */
  readonly most: { readonly offset: number; readonly symbol: number };

  constructor(content: Uint8Array, wordBytes: 4 | 8, section: ElfSection, target: ElfSection) {
    super(content, wordBytes, section.type === C.SHT_RELA);
    this.target = target;
    const { types, ...most } = this.survey();
    this.types = types;
    this.most = most;
  }
}

function checkEntries(
  from: ElfSection,
  table: SectionRelocations,
  symbols: number,
): LimitedProblems {
  const problems = new LimitedProblems();
  const section = refTo(from);
  // Offsets in a compressed section count its uncompressed bytes.
  const compressed = (table.target.flags & C.SHF_COMPRESSED) !== 0;
  const targetBytes = compressed ? Number.POSITIVE_INFINITY : table.target.size;
  // Nearly all tables are right: only one that is not is looked at again.
  if (table.most.offset <= targetBytes && table.most.symbol < Math.max(1, symbols)) return problems;
  for (let index = 0; index < table.count; index++) {
    // A relocation that changes nothing (R_*_NONE) may stand at the very end.
    const found = table.offsetAt(index);
    if (found > targetBytes) {
      const target = refTo(table.target);
      problems.add({ kind: 'bad-relocation-offset', section, index, target, found, targetBytes });
    }
    const symbol = table.symbolAt(index);
    // Symbol 0 needs no table: the value is 0.
    if (symbol >= symbols && symbol !== 0)
      problems.add({ kind: 'bad-relocation-symbol', section, index, found: symbol, symbols });
  }
  return problems;
}
