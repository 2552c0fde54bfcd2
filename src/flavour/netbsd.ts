// NetBSD modules.  MODULE() puts a pointer to a modinfo_t into the linker set
// link_set_modules, whose bounds the kernel walks.  NetBSD accepts one module per
// object; merged objects have several, and all are described here.
// The structure is in guest/include/sys/module.h.

import type { LinkArch } from '../arch/link-arch.ts';
import { type Result, unlessRefused } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { setsIn } from '../object/elf/sets.ts';
import { exportsOfGlobals, type ModuleExport } from './exports.ts';
import { splitList } from './list.ts';
import { followPointer, type Pointers, type Spot, stringAt, wordAt } from './pointers.ts';
import type { FlavourProblem } from './problems.ts';
import { RelocationIndex } from './relocation-index.ts';

export const MODULES_SET = 'link_set_modules';

/** MAXMODNAME, the NUL included. */
const nameBytes = 32;

/** Room for 100 of the 10 (MAXMODDEPS) that NetBSD allows. */
const requiredBytes = 1000 * nameBytes;

/** A set with more wrong elements is no set. */
const problemLimit = 100;

export interface NetbsdEntry {
  readonly name: string;
  /** MODULE_CLASS_* */
  readonly class: number;
  /** __NetBSD_Version__ it was compiled with. */
  readonly version: number;
  readonly required: readonly string[];
}

export interface NetbsdModule {
  readonly flavour: 'netbsd';
  /** Of the first module in the set. */
  readonly name: string;
  readonly modules: readonly NetbsdEntry[];
  /**
   * What all of them require of others.  One that requires itself says so here,
   * for the kernel to refuse.
   */
  readonly required: readonly string[];
  /** Every global definition. */
  readonly exports: readonly ModuleExport[];
}

export function describeNetbsd(
  object: ElfObject,
  arch: LinkArch,
): Result<NetbsdModule, FlavourProblem> {
  const problems: FlavourProblem[] = [];
  const modules: NetbsdEntry[] = [];
  const own = new Set<string>();
  const pointers = { object, arch, relocations: new RelocationIndex(object) };
  for (const { section, offset: start, bytes } of setsIn(object).get(MODULES_SET) ?? []) {
    if (bytes % arch.wordBytes !== 0) {
      const entryBytes = arch.wordBytes;
      problems.push({ kind: 'bad-size', section: MODULES_SET, bytes, entryBytes });
      continue;
    }
    for (let offset = start; offset < start + bytes; offset += arch.wordBytes) {
      if (problems.length >= problemLimit) break;
      const module = readModinfo(pointers, { section, offset }, problems);
      if (module === undefined) continue;
      if (own.has(module.name)) problems.push({ kind: 'duplicate-module', name: module.name });
      own.add(module.name);
      modules.push(module);
    }
  }
  const [first] = modules;
  if (first === undefined && problems.length === 0) {
    problems.push({ kind: 'no-modules', section: MODULES_SET });
  }
  const required = new Set(
    modules.flatMap(({ name, required }) =>
      required.filter((wanted) => wanted === name || !own.has(wanted)),
    ),
  );
  return unlessRefused(
    {
      flavour: 'netbsd',
      name: first?.name ?? '',
      modules,
      required: [...required],
      exports: exportsOfGlobals(object),
    },
    problems,
  );
}

function readModinfo(
  pointers: Pointers,
  slot: Spot,
  problems: FlavourProblem[],
): NetbsdEntry | undefined {
  const { object, arch } = pointers;
  const modinfo = follow(pointers, slot, 'the pointer to a modinfo_t', problems);
  if (modinfo === undefined) return undefined;
  const field = (offset: number): Spot => ({
    section: modinfo.section,
    offset: modinfo.offset + offset,
  });
  const version = wordAt(object, field(0));
  const moduleClass = wordAt(object, field(4));
  // mi_modcmd stands between them and the two strings.
  const nameSlot = field(8 + arch.wordBytes);
  const requiredSlot = field(8 + 2 * arch.wordBytes);
  const name = readString(pointers, nameSlot, 'mi_name', nameBytes - 1, problems);
  const requiredIsNull = followPointer(pointers, requiredSlot).kind === 'null';
  const required = requiredIsNull
    ? ''
    : readString(pointers, requiredSlot, 'mi_required', requiredBytes, problems);
  if (version === undefined || moduleClass === undefined) {
    problems.push(
      badPointer('the pointer to a modinfo_t', slot, 'points to the end of its section'),
    );
    return undefined;
  }
  if (name === undefined || required === undefined) return undefined;
  if (name === '') {
    problems.push(badString('mi_name', nameSlot, 'empty', nameBytes - 1));
    return undefined;
  }
  return { name, class: moduleClass, version, required: splitList(required) };
}

function follow(
  pointers: Pointers,
  slot: Spot,
  what: string,
  problems: FlavourProblem[],
): Spot | undefined {
  const pointer = followPointer(pointers, slot);
  if (pointer.kind === 'to') return pointer.spot;
  problems.push(badPointer(what, slot, pointer.kind === 'null' ? 'is NULL' : pointer.found));
  return undefined;
}

/** A string of at most `most` bytes. */
function readString(
  pointers: Pointers,
  slot: Spot,
  what: string,
  most: number,
  problems: FlavourProblem[],
): string | undefined {
  const spot = follow(pointers, slot, what, problems);
  if (spot === undefined) return undefined;
  const text = stringAt(pointers.object, spot, most);
  if (text === undefined) problems.push(badString(what, slot, 'too long or without NUL', most));
  return text;
}

function badString(what: string, slot: Spot, found: string, most: number): FlavourProblem {
  const { section, offset } = slot;
  const wanted = `1 to ${most} bytes and a NUL`;
  return { kind: 'bad-string', what, section: section.name, offset, found, wanted };
}

function badPointer(what: string, slot: Spot, found: string): FlavourProblem {
  return { kind: 'bad-pointer', what, section: slot.section.name, offset: slot.offset, found };
}
