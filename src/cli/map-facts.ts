// The link map of an object: where everything would lie if it were loaded at a
// base, one segment behind the other.  Undefined symbols stand in at the base, so
// that the map needs no kernel.

import type { Arch } from '../arch/arch.ts';
import { relocationName } from '../arch/relocation-names.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import { identify, type ModuleDescription } from '../flavour/flavour.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { isInMemory, isInSegment, isLoaded } from '../linker/layout.ts';
import { type Layout, type LinkedImage, link, planLayout } from '../linker/link.ts';
import { describeLinkProblem } from '../linker/problems.ts';
import { PROT_EXEC, segmentTraits } from '../linker/segments.ts';
import { consecutiveBases } from '../linker/space.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { InputObject } from './input.ts';

export interface LinkMap {
  readonly arch: Arch;
  readonly name: string;
  readonly flavour: ModuleDescription['flavour'] | undefined;
  readonly base: Addr;
  readonly segments: readonly MapSegment[];
  /** In the order of the file. */
  readonly notLoaded: readonly { readonly name: string; readonly bytes: number }[];
  readonly sets: readonly {
    readonly name: string;
    readonly start: Addr;
    readonly stop: Addr;
    readonly elements: number;
  }[];
  /** By address, then by name. */
  readonly symbols: readonly MapSymbol[];
  /** Of each section that is loaded, most frequent first. */
  readonly relocations: readonly {
    readonly section: string;
    readonly types: readonly { readonly name: string; readonly count: number }[];
  }[];
  readonly undefinedSymbols: readonly UndefinedSymbol[];
  /** Why it does not link at this base. */
  readonly problems: readonly string[];
}

export interface MapSegment {
  readonly name: string;
  readonly base: Addr;
  readonly bytes: number;
  readonly align: number;
  /** "r-x" */
  readonly protection: string;
  readonly disposable: boolean;
  /** By address; what the linker adds comes last, in brackets. */
  readonly sections: readonly MapSection[];
}

export interface MapSection {
  readonly name: string;
  readonly address: Addr;
  readonly bytes: number;
  readonly align: number;
}

export interface MapSymbol {
  readonly name: string;
  readonly address: Addr;
  readonly bytes: number;
  readonly section: string | undefined;
  readonly binding: 'local' | 'global' | 'weak';
  readonly type: 'function' | 'indirect function' | 'object' | 'other';
  readonly thumb: boolean;
}

export interface UndefinedSymbol {
  readonly name: string;
  readonly weak: boolean;
  /** Relocations that refer to it. */
  readonly uses: number;
}

export function mapOf({ file, object, arch }: InputObject, base: Addr): LinkMap {
  const described = identify(object, arch, moduleNameOf(file.name));
  const common = {
    arch,
    name: described.ok ? described.value.name : moduleNameOf(file.name),
    flavour: described.ok ? described.value.flavour : undefined,
    base,
    notLoaded: object.sections
      .filter((section) => section.type !== C.SHT_NULL && !isInMemory(object, section))
      .map(({ name, size }) => ({ name, bytes: size })),
    relocations: relocationsOf(object, arch),
    undefinedSymbols: undefinedIn(object),
  };
  const sentence = (problem: Parameters<typeof describeLinkProblem>[0]): string =>
    describeLinkProblem(problem, file.name);
  const layout = planLayout(object, arch);
  if (!layout.ok) {
    const problems = layout.problems.map(sentence);
    return { ...common, segments: [], sets: [], symbols: [], problems };
  }
  const placed = consecutiveBases(layout.value, base, arch.wordBytes);
  if (!placed.ok) {
    const problems = placed.problems.map(sentence);
    return { ...common, segments: [], sets: [], symbols: [], problems };
  }
  const bases = placed.value;
  const segments = segmentsOf(object, arch, layout.value, bases);
  const linked = link({
    object,
    arch,
    layout: layout.value,
    bases,
    lookup: () => ({ address: base }),
  });
  if (!linked.ok)
    return { ...common, segments, sets: [], symbols: [], problems: linked.problems.map(sentence) };
  return {
    ...common,
    segments,
    sets: linked.value.sets.map((set) => ({
      ...set,
      elements: Number(set.stop - set.start) / arch.wordBytes,
    })),
    symbols: symbolsOf(linked.value),
    problems: [],
  };
}

function segmentsOf(
  object: ElfObject,
  arch: Arch,
  layout: Layout,
  bases: readonly Addr[],
): readonly MapSegment[] {
  return layout.segments.map((segment, i) => {
    const { kind, bytes, align, area } = segment;
    const base = bases[i] ?? addr(0);
    const { name, prot, disposable } = segmentTraits[kind];
    const at = (offset: number): Addr => plus(bases[area] ?? base, offset);
    const sections: MapSection[] = object.sections.flatMap((section) => {
      const placement = layout.placements[section.index];
      if (!isInSegment(segment, placement) || section.size === 0) return [];
      const { name: own, size, align: ownAlign } = section;
      return [{ name: own, address: at(placement.offset), bytes: size, align: ownAlign }];
    });
    const { got, veneers } = layout;
    sections.push(...indirectIn(object, arch, layout, i, at));
    if (got?.segment === i)
      sections.push({
        name: '(global offset table)',
        address: at(got.offset),
        bytes: got.slots.bytes,
        align: arch.wordBytes,
      });
    for (const { segment, offset, slots } of veneers)
      if (segment === i && arch.veneers !== undefined && slots > 0)
        sections.push({
          name: `(veneers, room for ${slots})`,
          address: at(offset),
          bytes: slots * arch.veneers.bytes,
          align: arch.veneers.align,
        });
    return {
      name,
      base,
      bytes,
      align,
      protection: protectionOf(prot),
      disposable,
      sections: sections.toSorted((a, b) => Number(a.address - b.address)),
    };
  });
}

/** Stubs and slots of indirect functions in segment `i`; aliases have the same. */
function indirectIn(
  { symbols }: ElfObject,
  { indirectStub, wordBytes }: Arch,
  { ifuncs }: Layout,
  i: number,
  at: (offset: number) => Addr,
): readonly MapSection[] {
  const found = new Map<Addr, MapSection>();
  const add = (name: string, offset: number, bytes: number, align: number): void => {
    const address = at(offset);
    if (!found.has(address)) found.set(address, { name, address, bytes, align });
  };
  for (const [symbol, { stub, slot }] of ifuncs) {
    const name = symbols.nameAt(symbol);
    const { bytes, align } = indirectStub;
    if (stub.segment === i) add(`(stub of ${name})`, stub.offset, bytes, align);
    if (slot.segment === i) add(`(slot of ${name})`, slot.offset, wordBytes, wordBytes);
  }
  return [...found.values()];
}

const PROT_WRITE = 2;

function protectionOf(prot: number): string {
  return `r${(prot & PROT_WRITE) === 0 ? '-' : 'w'}${(prot & PROT_EXEC) === 0 ? '-' : 'x'}`;
}

function symbolsOf(image: LinkedImage): readonly MapSymbol[] {
  return image.symbols
    .map(({ name, address, size, section, binding, type, thumb }) => ({
      name,
      address,
      bytes: size,
      section,
      binding: bindingName(binding),
      type: typeName(type),
      thumb,
    }))
    .toSorted((a, b) => {
      if (a.address !== b.address) return a.address < b.address ? -1 : 1;
      return a.name < b.name ? -1 : a.name === b.name ? 0 : 1;
    });
}

function bindingName(binding: number): MapSymbol['binding'] {
  if (binding === C.STB_LOCAL) return 'local';
  return binding === C.STB_WEAK ? 'weak' : 'global';
}

function typeName(type: number): MapSymbol['type'] {
  if (type === C.STT_FUNC) return 'function';
  if (type === C.STT_GNU_IFUNC) return 'indirect function';
  return type === C.STT_OBJECT ? 'object' : 'other';
}

function relocationsOf(object: ElfObject, arch: Arch): LinkMap['relocations'] {
  const sections = new Map<string, Map<number, number>>();
  for (const table of object.relocations) {
    if (!isLoaded(table.target)) continue;
    const types = sections.get(table.target.name) ?? new Map<number, number>();
    sections.set(table.target.name, types);
    for (let i = 0; i < table.count; i++) {
      const type = table.typeAt(i);
      types.set(type, (types.get(type) ?? 0) + 1);
    }
  }
  return [...sections].map(([section, types]) => ({
    section,
    types: [...types]
      .map(([type, count]) => ({
        name: relocationName(arch.elfMachine, type, arch.relocations).replace(/ \(\d+\)$/, ''),
        count,
      }))
      .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  }));
}

function undefinedIn(object: ElfObject): readonly UndefinedSymbol[] {
  const uses = new Map<number, number>();
  for (const table of object.relocations) {
    if (!isLoaded(table.target)) continue;
    for (let i = 0; i < table.count; i++) {
      const symbol = table.symbolAt(i);
      uses.set(symbol, (uses.get(symbol) ?? 0) + 1);
    }
  }
  const { symbols } = object;
  const found: UndefinedSymbol[] = [];
  for (let i = 1; i < symbols.count; i++) {
    const name = symbols.nameAt(i);
    if (symbols.sectionAt(i) !== C.SHN_UNDEF || name === '') continue;
    const weak = symbols.bindingAt(i) === C.STB_WEAK;
    found.push({ name, weak, uses: uses.get(i) ?? 0 });
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
