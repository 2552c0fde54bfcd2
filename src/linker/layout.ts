// Lays out: which section goes to which segment, and where in it.  Segments are
// kinds of memory (text, rodata, data, and those of init and exit apart, so that
// the kernel can free or keep them); the kernel decides where each one lives.
// Sections keep the file's order, but those of one linker set lie side by side.

import type { LinkArch } from '../arch/link-arch.ts';
import { alignUp } from '../base/address.ts';
import { type Result, unlessRefused } from '../base/result.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject, ElfSection } from '../object/elf/model.ts';
import { ALLOC_LIMIT } from '../object/elf/sections.ts';
import type { LinkProblem } from './problems.ts';
import * as S from './segments.ts';

export interface SegmentPlan {
  readonly kind: S.SegmentKind;
  readonly bytes: number;
  readonly align: number;
}

export interface Placement {
  /** Index in Layout.segments. */
  readonly segment: number;
  readonly offset: number;
}

export interface Layout {
  /** Those that are not empty, in the order of their kinds. */
  readonly segments: readonly SegmentPlan[];
  /** By section index; undefined: the section is not loaded. */
  readonly placements: readonly (Placement | undefined)[];
}

export function planLayout(object: ElfObject, arch: LinkArch): Result<Layout, LinkProblem> {
  const problems = checkKind(object, arch);
  const byKind = new Map<S.SegmentKind, ElfSection[]>();
  for (const section of setsTogether(object.sections)) {
    if (!isLoaded(section)) continue;
    checkSection(section, problems);
    const kind = kindOf(section);
    const list = byKind.get(kind);
    if (list === undefined) byKind.set(kind, [section]);
    else list.push(section);
  }
  checkSets(byKind, problems);
  const layout = place(object.sections.length, byKind);
  const bytes = layout.segments.reduce((total, segment) => total + segment.bytes, 0);
  if (bytes > ALLOC_LIMIT) problems.push({ kind: 'too-large', bytes, limit: ALLOC_LIMIT });
  return unlessRefused(layout, problems);
}

function checkKind(object: ElfObject, arch: LinkArch): LinkProblem[] {
  const problems: LinkProblem[] = [];
  if (object.type !== 'relocatable') problems.push({ kind: 'not-relocatable' });
  if (object.machine !== arch.elfMachine) {
    const wanted = { name: arch.elfMachineName, machine: arch.elfMachine };
    problems.push({ kind: 'wrong-machine', wanted, found: object.machine });
  } else if (object.wordBytes !== arch.wordBytes) {
    problems.push({ kind: 'wrong-word-size', wanted: arch.wordBytes, found: object.wordBytes });
  }
  return problems;
}

/** Read by the host only: a Linux module's description and its CRCs. */
const hostOnly = new Set(['.modinfo', '__versions']);

export function isLoaded(section: ElfSection): boolean {
  return (section.flags & C.SHF_ALLOC) !== 0 && !hostOnly.has(section.name);
}

/**
 * A name that is a C identifier can be asked for its bounds, __start_NAME and
 * __stop_NAME, as the sections of linker sets are.
 */
export function isSetName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** By index, but sections that share a set's name follow the first of them. */
function setsTogether(sections: readonly ElfSection[]): readonly ElfSection[] {
  const first = new Map<string, number>();
  const key = (section: ElfSection): number => {
    if (!isSetName(section.name)) return section.index;
    return first.get(section.name) ?? section.index;
  };
  for (const section of sections) {
    if (!first.has(section.name)) first.set(section.name, section.index);
  }
  return sections.toSorted((a, b) => key(a) - key(b) || a.index - b.index);
}

/** One byte each in the file, where Linux's loader would build branch veneers. */
const placeholders = new Set(['.plt', '.init.plt', '.text.ftrace_trampoline']);

function isExecutable(section: ElfSection): boolean {
  return (section.flags & C.SHF_EXECINSTR) !== 0 || placeholders.has(section.name);
}

function isWritable(section: ElfSection): boolean {
  return (section.flags & C.SHF_WRITE) !== 0;
}

function checkSection(section: ElfSection, problems: LinkProblem[]): void {
  if (isExecutable(section) && isWritable(section)) {
    problems.push({ kind: 'writable-text', section: section.name });
  }
  if ((section.flags & C.SHF_TLS) !== 0) {
    problems.push({ kind: 'tls-section', section: section.name });
  }
}

function kindOf(section: ElfSection): S.SegmentKind {
  const executable = isExecutable(section);
  const writable = isWritable(section);
  switch (lifeOf(section.name)) {
    case 'init':
      if (executable) return S.SEGMENT_INIT_TEXT;
      return writable ? S.SEGMENT_INIT_DATA : S.SEGMENT_INIT_RODATA;
    case 'exit':
      return writable ? S.SEGMENT_DATA : S.SEGMENT_EXIT;
    case 'whole':
      if (executable) return S.SEGMENT_TEXT;
      return writable ? S.SEGMENT_DATA : S.SEGMENT_RODATA;
  }
}

/** Constructors (.init_array) are not init code, whatever their name says. */
function lifeOf(name: string): 'init' | 'exit' | 'whole' {
  if (/^(\.init(?!_array)|\.ARM\.ex(idx|tab)\.init)/.test(name)) return 'init';
  if (/^(\.exit|\.ARM\.ex(idx|tab)\.exit)/.test(name)) return 'exit';
  return 'whole';
}

function checkSets(
  byKind: ReadonlyMap<S.SegmentKind, readonly ElfSection[]>,
  problems: LinkProblem[],
): void {
  const kinds = new Map<string, S.SegmentKind>();
  const split = new Set<string>();
  for (const [kind, sections] of byKind) {
    for (const { name } of sections) {
      if (isSetName(name) && (kinds.get(name) ?? kind) !== kind) split.add(name);
      kinds.set(name, kind);
    }
  }
  for (const section of split) problems.push({ kind: 'split-set', section });
}

function place(
  sectionCount: number,
  byKind: ReadonlyMap<S.SegmentKind, readonly ElfSection[]>,
): Layout {
  const segments: SegmentPlan[] = [];
  const placements: (Placement | undefined)[] = Array.from({ length: sectionCount });
  for (const kind of S.segmentKinds) {
    let bytes = 0;
    let align = 1;
    for (const section of byKind.get(kind) ?? []) {
      const offset = alignUp(bytes, section.align);
      placements[section.index] = { segment: segments.length, offset };
      bytes = offset + section.size;
      align = Math.max(align, section.align);
    }
    if (bytes > 0) segments.push({ kind, bytes, align });
    else anchorEmpty(byKind.get(kind) ?? [], placements);
  }
  return { segments, placements };
}

/**
 * Compilers leave empty .data and .bss behind.  No memory is asked for them, but
 * symbols may lie in them: they stand at the start of the first segment.
 */
function anchorEmpty(sections: readonly ElfSection[], placements: (Placement | undefined)[]): void {
  for (const { index } of sections) placements[index] = { segment: 0, offset: 0 };
}
