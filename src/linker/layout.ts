// Lays out: which section goes to which segment, and where in it.  Segments are
// kinds of memory (text, rodata, data, and those of init and exit apart, so that
// the kernel can free or keep them); the kernel decides where each one lives.
// Sections keep the file's order, but those of one linker set lie side by side, and
// so do arrays of constructors.  Behind them is room for what the linker adds: common
// symbols, stubs and slots of indirect functions, the global offset table and veneers.

import type { LinkArch } from '../arch/link-arch.ts';
import { type Addr, alignUp } from '../base/address.ts';
import { type Result, unlessRefused } from '../base/result.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject, ElfSection } from '../object/elf/model.ts';
import { ALLOC_LIMIT } from '../object/elf/sections.ts';
import { isSetName } from '../object/elf/sets.ts';
import { byMemory, functionArray } from './arrays.ts';
import { placeCommons } from './commons.ts';
import { findErrata } from './errata.ts';
import { type GotSlots, reserveGot } from './got.ts';
import { type IfuncPlaces, placeIfuncs } from './ifuncs.ts';
import { type LinkProblem, ProblemList } from './problems.ts';
import * as S from './segments.ts';
import { planShared } from './shared-layout.ts';
import { countVeneers, type VeneerSpace } from './veneers.ts';

export interface LayoutOptions {
  /** false: a branch that does not reach is an error.  Default true. */
  readonly veneers?: boolean | undefined;
  /** Work around the errata that the architecture's record knows.  Default true. */
  readonly errata?: boolean | undefined;
}

export interface SegmentPlan {
  readonly kind: S.SegmentKind;
  readonly bytes: number;
  readonly align: number;
  /** The segment that its area begins with (areas.ts); its own number: this one. */
  readonly area: number;
  /** From the start of its area. */
  readonly offset: number;
}

export interface Placement {
  /** Index in Layout.segments, of one that begins an area. */
  readonly segment: number;
  /** In that area. */
  readonly offset: number;
}

export interface Layout {
  /** Those that are not empty, in the order of their kinds. */
  readonly segments: readonly SegmentPlan[];
  /** By section index; undefined: the section is not loaded. */
  readonly placements: readonly (Placement | undefined)[];
  /** Common symbols, by symbol index. */
  readonly commons: ReadonlyMap<number, Placement>;
  /** Stubs and slots of indirect functions, by symbol index. */
  readonly ifuncs: ReadonlyMap<number, IfuncPlaces<Placement>>;
  /** The global offset table; undefined: nothing asks for one. */
  readonly got: (Placement & { readonly slots: GotSlots }) | undefined;
  /** Room for veneers, at most one a segment. */
  readonly veneers: readonly VeneerSpace[];
  /** Instructions that an erratum concerns. */
  readonly errata: readonly Placement[];
  /** The address that a shared object's file has for the start of the first area. */
  readonly linkedAt: Addr | undefined;
}

export function planLayout(
  object: ElfObject,
  arch: LinkArch,
  options: LayoutOptions = {},
): Result<Layout, LinkProblem> {
  const problems = checkKind(object, arch);
  if (object.type === 'shared') {
    const layout = planShared(object, arch, problems);
    return unlessRefused(layout, problems.all());
  }
  const byKind = new Map<S.SegmentKind, ElfSection[]>();
  for (const section of inMemoryOrder(object.sections)) {
    if (!isLoaded(section)) continue;
    checkSection(section, arch, problems);
    const kind = kindOf(section);
    const list = byKind.get(kind);
    if (list === undefined) byKind.set(kind, [section]);
    else list.push(section);
  }
  checkSets(byKind, problems);
  const rooms = new Rooms(object, byKind);
  const commons = placeCommons(object, rooms, problems);
  const ifuncs = placeIfuncs(object, arch, rooms, problems);
  const layout = rooms.layout({ commons, ifuncs, ...reserve(object, arch, rooms, options) });
  const bytes = layout.segments.reduce((total, segment) => total + segment.bytes, 0);
  if (bytes > ALLOC_LIMIT) problems.add({ kind: 'too-large', bytes, limit: ALLOC_LIMIT });
  return unlessRefused(layout, problems.all());
}

const problemLimit = 100;

function checkKind(object: ElfObject, arch: LinkArch): ProblemList {
  const problems = new ProblemList(problemLimit);
  if (object.type === 'executable') problems.add({ kind: 'not-relocatable' });
  if (object.machine !== arch.elfMachine) {
    const wanted = { name: arch.elfMachineName, machine: arch.elfMachine };
    problems.add({ kind: 'wrong-machine', wanted, found: object.machine });
  } else if (object.wordBytes !== arch.wordBytes) {
    problems.add({ kind: 'wrong-word-size', wanted: arch.wordBytes, found: object.wordBytes });
  }
  return problems;
}

/** Whether memory has it: of a shared object too what lies inside a PT_LOAD. */
export function isInMemory({ type }: ElfObject, section: ElfSection): boolean {
  return isLoaded(section) || (type === 'shared' && (section.flags & C.SHF_ALLOC) !== 0);
}

/** The part of an area that a segment has, and whether this place is in it. */
export function isInSegment(
  { area, offset, bytes }: SegmentPlan,
  place: Placement | undefined,
): place is Placement {
  return place?.segment === area && place.offset >= offset && place.offset < offset + bytes;
}

/** Read by the host only: a Linux module's description and its CRCs. */
const hostOnly = new Set(['.modinfo', '__versions']);

export function isLoaded(section: ElfSection): boolean {
  const { loads, discarded, name } = section;
  return loads && discarded === undefined && !hostOnly.has(name);
}

/**
 * By index, but sections that share a set's name follow the first of them, and so do
 * arrays of one family, sorted by priority.
 */
function inMemoryOrder(sections: readonly ElfSection[]): readonly ElfSection[] {
  const first = new Map<string, number>();
  const arrays = sections.map(({ name }) => functionArray(name));
  const keys = sections.map(({ name, index }) => {
    const group = isSetName(name) ? name : arrays[index]?.family;
    if (group === undefined) return index;
    const key = first.get(group) ?? index;
    first.set(group, key);
    return key;
  });
  return sections.toSorted((a, b) => {
    const byKey = (keys[a.index] ?? 0) - (keys[b.index] ?? 0);
    if (byKey !== 0) return byKey;
    const [one, other] = [arrays[a.index], arrays[b.index]];
    const byPriority = one === undefined || other === undefined ? 0 : byMemory(one, other);
    return byPriority || a.index - b.index;
  });
}

/** One byte each in the file, where Linux's loader would build branch veneers. */
const placeholders = new Set(['.plt', '.init.plt', '.text.ftrace_trampoline']);

function isExecutable(section: ElfSection): boolean {
  return (section.flags & C.SHF_EXECINSTR) !== 0 || placeholders.has(section.name);
}

function isWritable(section: ElfSection): boolean {
  return (section.flags & C.SHF_WRITE) !== 0;
}

function checkSection(section: ElfSection, arch: LinkArch, problems: ProblemList): void {
  if (isExecutable(section) && isWritable(section)) {
    problems.add({ kind: 'writable-text', section: section.name });
  }
  if ((section.flags & C.SHF_TLS) !== 0) {
    problems.add({ kind: 'tls-section', section: section.name });
  }
  const { name, size: bytes } = section;
  if (functionArray(name) !== undefined && bytes % arch.wordBytes !== 0)
    problems.add({ kind: 'ragged-array', section: name, bytes, wordBytes: arch.wordBytes });
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
  problems: ProblemList,
): void {
  const kinds = new Map<string, S.SegmentKind>();
  const split = new Set<string>();
  for (const [kind, sections] of byKind) {
    for (const { name } of sections) {
      if (isSetName(name) && (kinds.get(name) ?? kind) !== kind) split.add(name);
      kinds.set(name, kind);
    }
  }
  for (const section of split) problems.add({ kind: 'split-set', section });
}

/** The kernel reads arrays of functions in words, whatever their author said. */
function alignOf({ wordBytes }: ElfObject, { name, align }: ElfSection): number {
  return functionArray(name) === undefined ? align : Math.max(align, wordBytes);
}

interface Room {
  bytes: number;
  align: number;
}

/** A place while segments have no numbers yet. */
export interface Spot {
  readonly kind: S.SegmentKind;
  readonly offset: number;
}

/** What goes behind the sections; undefined and empty: nothing. */
interface Reserved {
  readonly commons: ReadonlyMap<number, Spot>;
  readonly ifuncs: ReadonlyMap<number, IfuncPlaces<Spot>>;
  readonly got: (Spot & { readonly slots: GotSlots }) | undefined;
  readonly veneers: readonly (Spot & { readonly slots: number })[];
  readonly errata: readonly Spot[];
}

/** The memory of each kind while it is filled; kinds get their segments last. */
class Rooms {
  readonly #object: ElfObject;
  readonly #rooms = new Map<S.SegmentKind, Room>();
  /** By section index. */
  readonly #spots: (Spot | undefined)[];

  constructor(object: ElfObject, byKind: ReadonlyMap<S.SegmentKind, readonly ElfSection[]>) {
    this.#object = object;
    this.#spots = Array.from({ length: object.sections.length });
    for (const [kind, sections] of byKind)
      for (const section of sections)
        this.#spots[section.index] = this.append(kind, section.size, alignOf(object, section));
  }

  append(kind: S.SegmentKind, bytes: number, align: number): Spot {
    const room = this.#rooms.get(kind) ?? { bytes: 0, align: 1 };
    this.#rooms.set(kind, room);
    const offset = alignUp(room.bytes, align);
    room.bytes = offset + bytes;
    room.align = Math.max(room.align, align);
    return { kind, offset };
  }

  align(kind: S.SegmentKind, align: number): void {
    const room = this.#rooms.get(kind);
    if (room !== undefined) room.align = Math.max(room.align, align);
  }

  /** Where the section lies; undefined: it is not loaded. */
  spotOf(section: number): Spot | undefined {
    return this.#spots[section];
  }

  kindOf(section: number): S.SegmentKind | undefined {
    return this.#spots[section]?.kind;
  }

  isExecutable(section: number): boolean {
    const found = this.#object.sections[section];
    return found !== undefined && isExecutable(found);
  }

  layout(reserved: Reserved): Layout {
    const segments: SegmentPlan[] = [];
    // Compilers leave empty .data and .bss behind.  No memory is asked for them,
    // but symbols may lie in them: they stand at the start of the first segment.
    const index = new Map<S.SegmentKind, number>();
    for (const kind of S.segmentKinds) {
      const room = this.#rooms.get(kind);
      if (room === undefined || room.bytes === 0) continue;
      index.set(kind, segments.length);
      segments.push({ kind, ...room, area: segments.length, offset: 0 });
    }
    const placed = <T extends Spot>({ kind, ...rest }: T) => ({
      ...rest,
      segment: index.get(kind) ?? 0,
    });
    return {
      segments,
      placements: this.#spots.map((spot) => spot && placed(spot)),
      commons: new Map([...reserved.commons].map(([symbol, spot]) => [symbol, placed(spot)])),
      ifuncs: new Map(
        [...reserved.ifuncs].map(([symbol, { stub, slot }]) => [
          symbol,
          { stub: placed(stub), slot: placed(slot) },
        ]),
      ),
      got: reserved.got && placed(reserved.got),
      veneers: reserved.veneers.map(placed),
      errata: reserved.errata.map(placed),
      linkedAt: undefined,
    };
  }
}

/** Appends to the rooms what the linker will add to the sections. */
function reserve(
  object: ElfObject,
  arch: LinkArch,
  rooms: Rooms,
  options: LayoutOptions,
): Omit<Reserved, 'commons' | 'ifuncs'> {
  const slots = reserveGot(object, arch, (section) => rooms.spotOf(section) !== undefined);
  const got = slots && {
    ...rooms.append(S.SEGMENT_RODATA, slots.bytes, arch.wordBytes),
    slots,
  };
  const counts = new Map<S.SegmentKind, number>();
  if (options.veneers !== false)
    for (const [kind, count] of countVeneers(object, arch, rooms)) counts.set(kind, count);
  const errata = options.errata === false ? undefined : findErrata(object, arch, rooms);
  for (const { kind } of errata?.spots ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const kind of errata?.kinds ?? []) rooms.align(kind, errata?.page ?? 1);
  const veneers = [...counts].map(([kind, count]) => ({
    ...rooms.append(kind, count * (arch.veneers?.bytes ?? 0), arch.veneers?.align ?? 1),
    slots: count,
  }));
  return { got, veneers, errata: errata?.spots ?? [] };
}
