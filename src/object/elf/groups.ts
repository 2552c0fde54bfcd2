// Section groups: sections that are kept or dropped together, as the copies of one
// inline function are that every object brings along.  Objects merged with ld -r
// may hold several COMDAT groups of one signature: the first is kept.
// https://www.sco.com/developers/gabi/latest/ch4.sheader.html#section_groups

import { viewOf } from '../../base/bytes.ts';
import { type Result, unlessRefused } from '../../base/result.ts';
import * as C from './constants.ts';
import { contentOf, type ElfGroup, type ElfObject, type ElfSection } from './model.ts';
import { type ElfProblem, LimitedProblems, refTo } from './problems.ts';

type Read = Pick<ElfObject, 'bytes' | 'sections' | 'symbols'>;

/** Every member exists, and is in one group only. */
export function readGroups(object: Read): Result<readonly ElfGroup[], ElfProblem> {
  const groups: ElfGroup[] = [];
  const problems = new LimitedProblems();
  const owners = new Map<number, number>();
  // Many groups may have one symbol, with one long name.
  const names = new Map<number, string>();
  for (const section of object.sections) {
    if (section.type !== C.SHT_GROUP) continue;
    const signature = readSignature(object, section, names, problems);
    const words = readWords(object, section, problems);
    if (signature === undefined || words === undefined) continue;
    const [flags = 0, ...members] = words;
    checkMembers(object.sections, section, members, owners, problems);
    groups.push({ section, signature, comdat: (flags & C.GRP_COMDAT) !== 0, members });
  }
  return unlessRefused(groups, problems.listFor());
}

/** The name of the symbol in sh_info; that of its section if it is a section's. */
function readSignature(
  { sections, symbols }: Read,
  section: ElfSection,
  names: Map<number, string>,
  problems: LimitedProblems,
): string | undefined {
  const { link, info } = section;
  const bad = (field: string, wanted: string, found: number): void => {
    problems.add({ kind: 'bad-section', section: refTo(section), field, wanted, found });
  };
  if (sections[link]?.type !== C.SHT_SYMTAB) bad('sh_link', 'the symbol table', link);
  else if (info === 0 || info >= symbols.count)
    bad('sh_info', `a symbol below ${symbols.count}`, info);
  else {
    const known = names.get(info);
    const name = known ?? (symbols.nameAt(info) || (sections[symbols.sectionAt(info)]?.name ?? ''));
    names.set(info, name);
    if (name !== '') return name;
    bad('sh_info', 'a symbol with a name', info);
  }
  return undefined;
}

/** The flags and the members. */
function readWords(
  object: Read,
  section: ElfSection,
  problems: LimitedProblems,
): readonly number[] | undefined {
  const bad = (field: string, wanted: string, found: number): void => {
    problems.add({ kind: 'bad-section', section: refTo(section), field, wanted, found });
  };
  if (section.entryBytes !== 4) bad('sh_entsize', '4', section.entryBytes);
  if (section.size < 4 || section.size % 4 !== 0) {
    bad('sh_size', 'a multiple of 4, at least 4', section.size);
    return undefined;
  }
  const view = viewOf(contentOf(object, section));
  const words = Array.from({ length: section.size / 4 }, (_, i) => view.getUint32(i * 4, true));
  const unknown = ((words[0] ?? 0) & ~(C.GRP_COMDAT | C.GRP_MASKOS_MASKPROC)) >>> 0;
  if (unknown !== 0) bad('the flag word', 'GRP_COMDAT (1) or 0', words[0] ?? 0);
  return words;
}

function checkMembers(
  sections: readonly ElfSection[],
  section: ElfSection,
  members: readonly number[],
  owners: Map<number, number>,
  problems: LimitedProblems,
): void {
  members.forEach((found, index) => {
    const type = sections[found]?.type;
    const owner = owners.get(found);
    const wanted =
      type === undefined || found === 0
        ? `a section below ${sections.length}`
        : type === C.SHT_GROUP
          ? 'a section that is no group'
          : owner !== undefined
            ? `a section that is not in group ${owner} already`
            : undefined;
    if (wanted !== undefined) {
      problems.add({ kind: 'bad-group-member', section: refTo(section), index, found, wanted });
    }
    owners.set(found, section.index);
  });
}

/** The sections, those marked that a duplicate group drops. */
export function discardDuplicates(
  sections: readonly ElfSection[],
  groups: readonly ElfGroup[],
): readonly ElfSection[] {
  const kept = new Set<string>();
  const discarded = new Map<number, string>();
  for (const { comdat, signature, members } of groups) {
    if (!comdat) continue;
    if (kept.has(signature)) for (const member of members) discarded.set(member, signature);
    kept.add(signature);
  }
  if (discarded.size === 0) return sections;
  return sections.map((section) => ({ ...section, discarded: discarded.get(section.index) }));
}
