// The section header table: every section lies in the file, has a name, an
// alignment that is a power of two and links to sections that exist.
// https://www.sco.com/developers/gabi/latest/ch4.sheader.html

import { type Addr, addr } from '../../base/address.ts';
import { cString, size64 } from '../../base/bytes.ts';
import { type Result, refuse, unlessRefused } from '../../base/result.ts';
import * as C from './constants.ts';
import type { ElfHeader } from './header.ts';
import { type ElfSection, hasContent } from './model.ts';
import { type ElfProblem, LimitedProblems, refTo, type SectionRef } from './problems.ts';

/**
 * The most memory an object's SHF_ALLOC sections may ask for together.  The
 * largest Debian module needs 5 MiB; a size beyond this is a damaged file.
 */
export const ALLOC_LIMIT: number = 256 * 1024 * 1024;

/** Larger alignments than this cannot be meant. */
const ALIGN_LIMIT = 0x8000_0000;

/**
 * The names of all sections, or of all symbols, must not be longer than this
 * together, each counted as often as it is used: they may share their bytes, so
 * that a small file could name more than fits into memory.
 */
export const NAMES_LIMIT: number = 64 * 1024 * 1024;

interface Unnamed extends ElfSection {
  /** Empty until nameSections(). */
  name: string;
  readonly nameOffset: number;
}

export function readSections(
  bytes: Uint8Array,
  view: DataView,
  header: ElfHeader,
): Result<readonly ElfSection[], ElfProblem> {
  if (header.shnum === 0) {
    return header.type === 'relocatable'
      ? refuse([{ kind: 'no-sections' }])
      : unlessRefused([], []);
  }
  const entryBytes = header.wordBytes === 8 ? 64 : 40;
  const tableBytes = header.shnum * entryBytes;
  if (header.shoff + tableBytes > bytes.length) {
    return refuse([
      {
        kind: 'outside-file',
        what: 'the section header table',
        section: undefined,
        offset: header.shoff,
        bytes: tableBytes,
        fileBytes: bytes.length,
      },
    ]);
  }
  const unnamed: Unnamed[] = [];
  for (let index = 0; index < header.shnum; index++) {
    unnamed.push(readEntry(view, header.shoff + index * entryBytes, index, header));
  }
  const problems = new LimitedProblems();
  const sections = nameSections(bytes, header, unnamed, problems);
  for (const section of sections) checkSection(section, header, bytes.length, problems);
  checkOverlaps(sections, header, tableBytes, problems);
  checkTotal(sections, problems);
  return unlessRefused(sections, problems.listFor());
}

function readEntry(view: DataView, at: number, index: number, header: ElfHeader): Unnamed {
  const wide = header.wordBytes === 8;
  const word = (i: number): number =>
    wide ? size64(view, at + 8 + i * 8) : view.getUint32(at + 8 + i * 4, true);
  const address: Addr = wide
    ? addr(view.getBigUint64(at + 16, true))
    : addr(view.getUint32(at + 12, true));
  const link = at + (wide ? 40 : 24);
  const type = view.getUint32(at + 4, true);
  const flags = view.getUint32(at + 8, true);
  const size = word(3);
  return {
    index,
    name: '',
    nameOffset: view.getUint32(at, true),
    type,
    flags,
    loads: header.type === 'relocatable' && (flags & C.SHF_ALLOC) !== 0,
    address,
    offset: word(2),
    size,
    fileBytes: hasContent({ type }) ? size : 0,
    link: view.getUint32(link, true),
    info: view.getUint32(link + 4, true),
    align: (wide ? size64(view, link + 8) : view.getUint32(link + 8, true)) || 1,
    entryBytes: wide ? size64(view, link + 16) : view.getUint32(link + 12, true),
    discarded: undefined,
  };
}

/** Every section with its name; with an empty one where it cannot be read. */
function nameSections(
  bytes: Uint8Array,
  header: ElfHeader,
  unnamed: readonly Unnamed[],
  problems: LimitedProblems,
): readonly ElfSection[] {
  const strings = stringsOf(bytes, header, unnamed, problems);
  let left = NAMES_LIMIT;
  for (const section of unnamed) {
    if (strings === undefined || left < 0 || section.index === 0) continue;
    const name = cString(strings, section.nameOffset);
    if (name === undefined) {
      const { index, nameOffset: found } = section;
      problems.add({ kind: 'bad-name', of: 'section', index, found, tableBytes: strings.length });
    }
    left -= name?.length ?? 0;
    section.name = name ?? '';
  }
  if (left < 0) problems.add({ kind: 'names-too-long', of: 'section', limit: NAMES_LIMIT });
  return unnamed;
}

function stringsOf(
  bytes: Uint8Array,
  header: ElfHeader,
  unnamed: readonly Unnamed[],
  problems: LimitedProblems,
): Uint8Array | undefined {
  const table = unnamed[header.shstrndx];
  if (table === undefined || table.type !== C.SHT_STRTAB) {
    problems.add({
      kind: 'bad-header',
      field: 'e_shstrndx',
      offset: header.wordBytes === 8 ? 62 : 50,
      wanted: `a string table below ${unnamed.length}`,
      found: header.shstrndx,
    });
    return undefined;
  }
  // checkSection() reports a table outside the file.
  if (table.offset + table.size > bytes.length) return undefined;
  const strings = bytes.subarray(table.offset, table.offset + table.size);
  if (strings[strings.length - 1] !== 0) {
    problems.add({ kind: 'unterminated-strings', section: { index: table.index, name: '' } });
    return undefined;
  }
  return strings;
}

function checkSection(
  section: ElfSection,
  header: ElfHeader,
  fileBytes: number,
  problems: LimitedProblems,
): void {
  const count = header.shnum;
  const bad = (field: string, wanted: string, found: number): void => {
    problems.add({ kind: 'bad-section', section: refTo(section), field, wanted, found });
  };
  if (section.index === 0) {
    if (section.type !== C.SHT_NULL) bad('sh_type', 'SHT_NULL (0)', section.type);
    if (section.size !== 0 && !header.shnumInSection0) bad('sh_size', '0', section.size);
    return;
  }
  if (hasContent(section) && section.offset + section.size > fileBytes) {
    problems.add({
      kind: 'outside-file',
      what: 'the content',
      section: refTo(section),
      offset: section.offset,
      bytes: section.size,
      fileBytes,
    });
  }
  const { align, flags } = section;
  if (align > ALIGN_LIMIT || (align & (align - 1)) !== 0) {
    bad('sh_addralign', 'a power of two up to 2^31', align);
  }
  if (section.link >= count) bad('sh_link', `a section below ${count}`, section.link);
  if ((flags & C.SHF_INFO_LINK) !== 0 && section.info >= count) {
    bad('sh_info', `a section below ${count}`, section.info);
  }
  if ((flags & C.SHF_ALLOC) !== 0 && (flags & C.SHF_COMPRESSED) !== 0) {
    problems.add({
      kind: 'unsupported',
      what: 'SHF_COMPRESSED with SHF_ALLOC',
      section: refTo(section),
    });
  }
}

/**
 * No byte of the file belongs to two sections.  No tool writes such a file, and all
 * work on a file is bounded by its size because of this: many tables of relocations
 * could otherwise be one.
 */
function checkOverlaps(
  sections: readonly ElfSection[],
  header: ElfHeader,
  tableBytes: number,
  problems: LimitedProblems,
): void {
  const ranges = sections
    .filter((section) => section.size > 0 && hasContent(section))
    .map((section) => ({ what: refTo(section), offset: section.offset, size: section.size }));
  const all: { what: SectionRef | string; offset: number; size: number }[] = [
    { what: 'the file header', offset: 0, size: header.wordBytes === 8 ? 64 : 52 },
    { what: 'the section header table', offset: header.shoff, size: tableBytes },
    ...ranges,
  ];
  all.sort((a, b) => a.offset - b.offset);
  let last = all[0];
  for (const range of all.slice(1)) {
    if (last !== undefined && range.offset < last.offset + last.size) {
      problems.add({
        kind: 'overlap',
        first: last.what,
        second: range.what,
        offset: range.offset,
      });
    }
    if (last === undefined || range.offset + range.size > last.offset + last.size) last = range;
  }
}

function checkTotal(sections: readonly ElfSection[], problems: LimitedProblems): void {
  let total = 0;
  for (const section of sections) {
    if ((section.flags & C.SHF_ALLOC) !== 0) total += section.size;
  }
  if (total > ALLOC_LIMIT) problems.add({ kind: 'too-large', bytes: total, limit: ALLOC_LIMIT });
}
