// Links on trial: the object is laid out and linked at stand-in addresses, near
// the kernel as modules are, to find out all that the linker would say, and which
// exports the object really uses.

import type { Arch } from '../arch/arch.ts';
import { type Addr, plus } from '../base/address.ts';
import { refuse } from '../base/result.ts';
import { link, planLayout, type WantedVersion } from '../linker/link.ts';
import type { LinkProblem, Place } from '../linker/problems.ts';
import { consecutiveBases } from '../linker/space.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Finding } from './findings.ts';
import type { Export, Subject } from './target.ts';

export type Undefined = Extract<LinkProblem, { kind: 'undefined-symbol' }>;

export interface Trial {
  readonly findings: readonly Finding[];
  readonly undefinedSymbols: readonly Undefined[];
  /** By the symbol's name. */
  readonly used: ReadonlyMap<string, Export>;
}

export interface TrialRequest {
  readonly subject: Subject;
  readonly lookup: (name: string, version?: WantedVersion) => Export | undefined;
  /** The versions of a symbol that a module has; undefined: there is no such module. */
  readonly versions: (symbol: string, from: string) => readonly string[] | undefined;
  readonly names: Iterable<string>;
}

export function linkOnTrial({ subject, lookup, versions, names }: TrialRequest): Trial {
  const { object, arch } = subject;
  const used = new Map<string, Export>();
  const planned = planLayout(object, arch);
  const problems: LinkProblem[] = planned.ok ? [] : [...planned.problems];
  const layout = planned.ok ? planned : planLayout(relaxed(object), arch);
  const { map, wordBytes } = arch;
  const bases = layout.ok
    ? consecutiveBases(layout.value, map.modulesStart, wordBytes)
    : refuse<LinkProblem>([]);
  if (!bases.ok) problems.push(...bases.problems);
  if (layout.ok && bases.ok) {
    const linked = link({
      object,
      arch,
      layout: layout.value,
      bases: bases.value,
      lookup: (name, version) => {
        const found = lookup(name, version);
        if (found === undefined) return undefined;
        used.set(name, found);
        return { address: found.address ?? standIn(found, arch) };
      },
      versions,
      exports: names,
    });
    if (!linked.ok) problems.push(...linked.problems);
  }
  const isUndefined = (problem: LinkProblem): problem is Undefined =>
    problem.kind === 'undefined-symbol';
  return {
    findings: findingsOf(
      problems.filter((each) => !isUndefined(each)),
      arch,
    ),
    undefinedSymbols: problems.filter(isUndefined),
    used,
  };
}

/** Without the flags that keep it from being laid out, so that more can be found. */
function relaxed(object: ElfObject): ElfObject {
  const sections = object.sections.map((section) => {
    const isBoth = (section.flags & C.SHF_WRITE) !== 0 && (section.flags & C.SHF_EXECINSTR) !== 0;
    const dropped = C.SHF_TLS | (isBoth ? C.SHF_WRITE : 0);
    return { ...section, flags: section.flags & ~dropped };
  });
  return { ...object, sections };
}

const PAGE = 4096;

/** Where a symbol of unknown address could be: what can be reached, no more. */
function standIn({ module }: Export, arch: Arch): Addr {
  return module === undefined ? plus(arch.map.kernelBase, PAGE) : arch.map.modulesStart;
}

function findingsOf(problems: readonly LinkProblem[], arch: Arch): readonly Finding[] {
  const findings: Finding[] = [];
  const unknown = new Map<string, { first: Place; uses: number; reason: string | undefined }>();
  for (const problem of problems) {
    if (problem.kind === 'unknown-relocation') {
      const { place, reason } = problem;
      const known = unknown.get(place.relocation);
      if (known === undefined) unknown.set(place.relocation, { first: place, uses: 1, reason });
      else known.uses++;
    } else if (problem.kind === 'writable-text') {
      findings.push({ kind: 'writable-text', fatal: true, section: problem.section });
    } else {
      findings.push({ kind: 'link', fatal: true, problem });
    }
  }
  const specification = specificationOf(arch.elfMachine);
  for (const each of unknown.values())
    findings.push({ kind: 'unknown-relocation', fatal: true, specification, ...each });
  return findings;
}

/** Where the relocations of a machine are written down. */
function specificationOf(machine: number): string {
  switch (machine) {
    case C.EM_386:
      return 'the System V ABI for i386 (section 4.4)';
    case C.EM_X86_64:
      return 'the System V ABI for x86-64 (section 4.4)';
    case C.EM_ARM:
      return 'AAELF32 (section 5.6)';
    case C.EM_AARCH64:
      return 'AAELF64 (section 5.7)';
    default:
      return 'its ABI';
  }
}
