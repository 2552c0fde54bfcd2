// What can be said of an object without running it, as facts; info-text.ts and
// info-json.ts tell them.

import type { Arch } from '../arch/arch.ts';
import { relocationName } from '../arch/relocation-names.ts';
import type { ModuleExport } from '../flavour/exports.ts';
import { identify, type ModuleDescription } from '../flavour/flavour.ts';
import { describeForeign, type ForeignModule } from '../flavour/foreign.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { describeFlavourProblem } from '../flavour/problems.ts';
import { type ModuleSignature, readSignature } from '../flavour/signature.ts';
import { isInMemory, isInSegment, isLoaded, planLayout } from '../linker/layout.ts';
import { describeLinkProblem } from '../linker/problems.ts';
import { reasonAgainst, rulesFor } from '../linker/relocation-types.ts';
import { segmentTraits } from '../linker/segments.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { foreignName } from './foreign-facts.ts';
import type { InputObject } from './input.ts';

export interface ObjectFacts {
  readonly file: string;
  readonly fileBytes: number;
  readonly format: string;
  /** Of a shared object. */
  readonly shared: SharedFacts | undefined;
  readonly arch: Arch;
  readonly machine: string;
  readonly signed: boolean;
  /** Who signed it, as far as the signature says. */
  readonly signature: ModuleSignature | undefined;
  /** What it calls itself, else by its file. */
  readonly name: string;
  /** Undefined when the module does not describe itself properly. */
  readonly module: ModuleDescription | undefined;
  /** Of another kernel, which the guest kernel does not stand in for. */
  readonly foreign: ForeignModule | undefined;
  readonly segments: readonly SegmentFacts[];
  /** Sections that stay on the host: debugging information, symbol tables. */
  readonly notLoaded: { readonly sections: number; readonly bytes: number };
  /** Of loaded sections, most frequent first. */
  readonly relocations: readonly { readonly name: string; readonly count: number }[];
  readonly needs: readonly NeedFacts[];
  /** Why it would not load: sentences. */
  readonly problems: readonly string[];
}

export interface SharedFacts {
  readonly soname: string | undefined;
  readonly needed: readonly string[];
  /** Versions of symbols: its own, and those it wants of others. */
  readonly defines: readonly string[];
  readonly wants: readonly { readonly from: string; readonly names: readonly string[] }[];
  /** Relocations change code or read-only data. */
  readonly textRelocations: boolean;
}

export interface SegmentFacts {
  readonly name: string;
  readonly bytes: number;
  readonly align: number;
  /** Freed after init. */
  readonly disposable: boolean;
  readonly sections: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly align: number;
  }[];
}

/** An undefined symbol. */
export interface NeedFacts {
  readonly name: string;
  readonly weak: boolean;
  /** Whether the guest kernel has it; undefined when the kernel is not built. */
  readonly inKernel: boolean | undefined;
}

/** Names that the guest kernel exports to modules of this flavour. */
export type KernelExports = (flavour: ModuleDescription['flavour']) => ReadonlySet<string>;

export function factsOf(input: InputObject, kernel: KernelExports | undefined): ObjectFacts {
  const { object, arch, file } = input;
  const layout = planLayout(object, arch);
  const described = identify(object, arch, moduleNameOf(file.name));
  const module = described.ok ? described.value : undefined;
  const others = module === undefined ? describeForeign(object, arch) : undefined;
  const foreign = others?.ok === true ? others.value : undefined;
  const exported = kernel?.(module?.flavour ?? 'plain');
  return {
    file: file.name,
    fileBytes: file.bytes.length,
    format: `ELF${object.wordBytes * 8}`,
    shared: sharedOf(object),
    arch,
    machine: C.describeMachine(object.machine),
    signed: object.signed,
    signature: readSignature(file.bytes),
    name: module?.name ?? (foreign && foreignName(foreign)) ?? moduleNameOf(file.name),
    module,
    foreign,
    segments: layout.ok ? segmentsOf(object, layout.value) : [],
    notLoaded: notLoadedOf(object),
    relocations: relocationsOf(object, arch),
    needs: needsOf(object).map((need) => ({ ...need, inKernel: exported?.has(need.name) })),
    problems: [
      ...(layout.ok ? [] : layout.problems.map((each) => describeLinkProblem(each, file.name))),
      ...(described.ok
        ? []
        : described.problems.map((each) => describeFlavourProblem(each, file.name))),
      ...unknownRelocations(object, arch, file.name),
    ],
  };
}

export function exportsOf(facts: ObjectFacts): readonly ModuleExport[] {
  return [...(facts.module?.exports ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function sharedOf({ dynamic }: ElfObject): SharedFacts | undefined {
  if (dynamic === undefined) return undefined;
  const { soname, needed, versions, textRelocations } = dynamic;
  return { soname, needed, defines: versions.defined, wants: versions.needed, textRelocations };
}

type Layout = Extract<ReturnType<typeof planLayout>, { ok: true }>['value'];

function segmentsOf(object: ElfObject, layout: Layout): readonly SegmentFacts[] {
  return layout.segments.map((segment) => ({
    name: segmentTraits[segment.kind].name,
    bytes: segment.bytes,
    align: segment.align,
    disposable: segmentTraits[segment.kind].disposable,
    sections: object.sections
      .filter(({ index, size }) => size > 0 && isInSegment(segment, layout.placements[index]))
      .map(({ name, size, align: own }) => ({ name, bytes: size, align: own })),
  }));
}

function notLoadedOf(object: ElfObject): ObjectFacts['notLoaded'] {
  const sections = object.sections.filter(
    (section) => section.type !== C.SHT_NULL && !isInMemory(object, section),
  );
  return { sections: sections.length, bytes: sections.reduce((sum, { size }) => sum + size, 0) };
}

/** How often each type occurs in what is loaded. */
function typesIn(object: ElfObject): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const table of object.relocations) {
    if (!isLoaded(table.target)) continue;
    for (let i = 0; i < table.count; i++) {
      const type = table.typeAt(i);
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  return counts;
}

function relocationsOf(object: ElfObject, arch: Arch): ObjectFacts['relocations'] {
  return [...typesIn(object)]
    .map(([type, count]) => ({
      name: relocationName(arch.elfMachine, type, arch.relocations).replace(/ \(\d+\)$/, ''),
      count,
    }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function unknownRelocations(object: ElfObject, arch: Arch, file: string): readonly string[] {
  return [...typesIn(object)]
    .filter(([type]) => rulesFor(arch, object.type)[type] === undefined)
    .map(([type, count]) => {
      const name = relocationName(arch.elfMachine, type, arch.relocations);
      const reason = reasonAgainst(arch, object.type, type);
      return `${file}: ${name}, used ${count} times, ${reason ?? `is not defined for ${arch.name}`}`;
    });
}

function needsOf({ symbols }: ElfObject): readonly { name: string; weak: boolean }[] {
  const needs: { name: string; weak: boolean }[] = [];
  for (let i = 1; i < symbols.count; i++) {
    const name = symbols.nameAt(i);
    if (symbols.sectionAt(i) !== C.SHN_UNDEF || name === '') continue;
    needs.push({ name, weak: symbols.bindingAt(i) === C.STB_WEAK });
  }
  return needs.sort((a, b) => (a.name < b.name ? -1 : 1));
}
