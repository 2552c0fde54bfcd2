// Lays out a shared object.  Its linker has done that already: PT_LOADs keep their
// distances, in one area.  What is left to say is which pages get which permissions.
// Where two PT_LOADs share a page it gets those of both, unless that would make it
// writable and executable.

import type { LinkArch } from '../arch/link-arch.ts';
import { addr, alignUp } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject, ElfRelocations, ElfSection, ElfSegment } from '../object/elf/model.ts';
import { ALLOC_LIMIT } from '../object/elf/sections.ts';
import { placeIfuncs } from './ifuncs.ts';
import type { Layout, Placement, SegmentPlan } from './layout.ts';
import type { ProblemList } from './problems.ts';
import { rulesFor } from './relocation-types.ts';
import * as S from './segments.ts';

const PAGE = 4096;

const R = 1;
const W = 2;
const X = 4;

/** Some pages of a PT_LOAD; offsets are from the start of the area. */
interface Pages {
  readonly load: string;
  readonly start: number;
  readonly stop: number;
  readonly prot: number;
}

export function planShared(object: ElfObject, arch: LinkArch, problems: ProblemList): Layout {
  const loads = object.sections.filter(({ loads }) => loads);
  checkSegments(object, loads, problems);
  const [first] = loads;
  const last = loads.at(-1);
  const align = loads.reduce((most, load) => Math.max(most, load.align), PAGE);
  const from = Math.floor(Number(first?.address ?? 0) / align) * align;
  const bytes = last === undefined ? 0 : upToPage(Number(last.address) + last.size - from);
  const isTooLarge = bytes > ALLOC_LIMIT;
  if (isTooLarge) problems.add({ kind: 'too-large', bytes, limit: ALLOC_LIMIT });
  const relro = relroOf(object, arch);
  const pages = isTooLarge ? [] : loads.flatMap((load) => pagesOf(load, from, relro));
  const own = segmentsOf(protections(pages, isTooLarge ? 0 : bytes / PAGE, from, problems), align);
  const { ifuncs, segments } = withIndirect(object, arch, own, problems);
  return {
    segments,
    placements: object.sections.map((section) => placementOf(object, section, from, bytes)),
    commons: new Map(),
    ifuncs,
    got: undefined,
    veneers: [],
    errata: [],
    linkedAt: addr(from),
  };
}

/** What becomes read-only, unless the kernel has to write there what resolvers answer. */
function relroOf(object: ElfObject, arch: LinkArch): ElfSegment | undefined {
  const rules = rulesFor(arch, object.type);
  const asks = ({ types }: ElfRelocations): boolean =>
    [...types].some((type) => rules[type]?.dynamic === 'resolver');
  if (object.relocations.some(asks)) return undefined;
  return object.segments.find(({ type }) => type === C.PT_GNU_RELRO);
}

/** Stubs and slots of indirect functions have areas of their own. */
function withIndirect(
  object: ElfObject,
  arch: LinkArch,
  own: readonly SegmentPlan[],
  problems: ProblemList,
): Pick<Layout, 'ifuncs' | 'segments'> {
  const segments = [...own];
  const rooms = {
    kindOf: (section: number) => (object.sections[section]?.loads ? S.SEGMENT_TEXT : undefined),
    append: (kind: S.SegmentKind, size: number, align: number): Placement => {
      const known = segments.findIndex((each, i) => i >= own.length && each.kind === kind);
      const index = known < 0 ? segments.length : known;
      const offset = alignUp(segments[index]?.bytes ?? 0, align);
      segments[index] = { kind, bytes: offset + size, align, area: index, offset: 0 };
      return { segment: index, offset };
    },
  };
  const ifuncs = placeIfuncs(object, arch, rooms, problems);
  return { ifuncs, segments };
}

function checkSegments(
  object: ElfObject,
  loads: readonly ElfSection[],
  problems: ProblemList,
): void {
  for (const { flags, name } of loads)
    if ((flags & C.SHF_WRITE) !== 0 && (flags & C.SHF_EXECINSTR) !== 0)
      problems.add({ kind: 'writable-text', section: name });
  if (object.segments.some(({ type }) => type === C.PT_TLS))
    problems.add({ kind: 'tls-section', section: 'PT_TLS' });
}

function upToPage(offset: number): number {
  return Math.ceil(offset / PAGE) * PAGE;
}

function downToPage(offset: number): number {
  return Math.floor(offset / PAGE) * PAGE;
}

/** The pages of one PT_LOAD: up to three, as PT_GNU_RELRO has it. */
function pagesOf(
  { name: load, address, size, flags }: ElfSection,
  from: number,
  relro: ElfSegment | undefined,
): readonly Pages[] {
  const begin = Number(address) - from;
  const end = begin + size;
  const [start, stop] = [downToPage(begin), upToPage(end)];
  if ((flags & C.SHF_EXECINSTR) !== 0) {
    const prot = (flags & C.SHF_WRITE) === 0 ? R | X : R | W | X;
    return [{ load, start, stop, prot }];
  }
  if ((flags & C.SHF_WRITE) === 0) return [{ load, start, stop, prot: R }];
  const relroBegin = Number(relro?.vaddr ?? 0) - from;
  const relroEnd = relroBegin + (relro?.memsz ?? 0);
  // Whole pages: what else is in them stays writable.
  const low = relroBegin <= begin ? start : Math.max(start, upToPage(relroBegin));
  const high = relroEnd >= end ? stop : Math.min(stop, downToPage(relroEnd));
  if (relro === undefined || relroEnd <= begin || relroBegin >= end || high <= low)
    return [{ load, start, stop, prot: R | W }];
  return [
    { load, start, stop: low, prot: R | W },
    { load, start: low, stop: high, prot: R },
    { load, start: high, stop, prot: R | W },
  ].filter((part) => part.start < part.stop);
}

/** For each page of the area what may be done with it; 0: it is between PT_LOADs. */
function protections(
  pages: readonly Pages[],
  count: number,
  from: number,
  problems: ProblemList,
): Uint8Array {
  const found = new Uint8Array(count);
  const [first] = pages;
  // The kernel's area begins with a segment.
  if (first !== undefined) found.fill(first.prot, 0, first.start / PAGE);
  let before: string | undefined;
  for (const { load, start, stop, prot } of pages) {
    for (let page = start / PAGE; page < stop / PAGE; page++) {
      const old = found[page] ?? 0;
      const both = old | prot;
      found[page] = both;
      const isBoth = (both & W) !== 0 && (both & X) !== 0;
      if (isBoth && both !== prot && both !== old && before !== undefined)
        problems.add({
          kind: 'shared-page',
          first: before,
          second: load,
          address: addr(from + page * PAGE),
        });
    }
    before = load;
  }
  return found;
}

/** One segment for each run of pages that are alike. */
function segmentsOf(pages: Uint8Array, align: number): readonly SegmentPlan[] {
  const segments: SegmentPlan[] = [];
  for (let start = 0, stop = 0; start < pages.length; start = stop) {
    const prot = pages[start] ?? 0;
    while (stop < pages.length && pages[stop] === prot) stop++;
    if (prot === 0) continue;
    const bytes = (stop - start) * PAGE;
    const kind =
      (prot & X) !== 0 ? S.SEGMENT_TEXT : (prot & W) !== 0 ? S.SEGMENT_DATA : S.SEGMENT_RODATA;
    segments.push({ kind, bytes, align, area: 0, offset: start * PAGE });
  }
  return segments;
}

/** Sections of the file have a place too, where they are what they say. */
function placementOf(
  object: ElfObject,
  section: ElfSection,
  from: number,
  bytes: number,
): Placement | undefined {
  const isTls = (section.flags & C.SHF_TLS) !== 0;
  if ((section.flags & C.SHF_ALLOC) === 0 || isTls) return undefined;
  const place = section.loads ? section : object.dynamic?.placeOf(section.address)?.section;
  const offset = Number(section.address) - from;
  if (place === undefined || offset + section.size > bytes) return undefined;
  return { segment: 0, offset };
}
