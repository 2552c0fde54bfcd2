// FreeBSD modules, described.  Macros leave pointers in sections set_NAME:
// set_modmetadata_set to structures that say what a module is called, what it
// requires and which devices it is for; set_sysinit_set and set_sysuninit_set to
// functions that the kernel calls in an order.  struct sysinit has grown a pointer
// in front of the function, so its layout is told by where the relocations are.
// sys/sys/module.h and sys/sys/kernel.h of FreeBSD

import type { LinkArch } from '../arch/link-arch.ts';
import { type Result, unlessRefused } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { type SetPart, setsIn } from '../object/elf/sets.ts';
import { followPointer, type Pointers, type Spot, stringAt, wordAt } from './pointers.ts';
import type { FlavourProblem } from './problems.ts';
import { RelocationIndex } from './relocation-index.ts';
import { definedSymbols } from './symbol-search.ts';

export const METADATA_SET = 'set_modmetadata_set';

export interface FreebsdModule {
  readonly flavour: 'freebsd';
  /** Of the first version that it declares, else of its first module. */
  readonly name: string | undefined;
  /** MDT_MODULE: "pci/em". */
  readonly modules: readonly string[];
  readonly versions: readonly { readonly name: string; readonly version: number }[];
  readonly depends: readonly FreebsdDependency[];
  /** MDT_PNP_INFO: the bus, and how its tables are to be read. */
  readonly pnp: readonly {
    readonly bus: string;
    readonly table: string;
    readonly entries: number;
  }[];
  readonly init: readonly SysinitEntry[];
  readonly fini: readonly SysinitEntry[];
  /** undefined: there are none to tell by. */
  readonly sysinitLayout: 'old' | 'new' | undefined;
  /** Every set of the module, by its name without set_. */
  readonly sets: readonly { readonly name: string; readonly elements: number }[];
}

/** Versions that will do, both ends included. */
export interface FreebsdDependency {
  readonly module: string;
  readonly min: number;
  readonly preferred: number;
  readonly max: number;
}

export interface SysinitEntry {
  readonly subsystem: number;
  readonly order: number;
  readonly function: string;
}

/** A set with more elements is not described to its end. */
const MOST = 4096;
/** One with more wrong elements is no set. */
const PROBLEM_LIMIT = 100;
const MOST_TEXT = 255;
const METADATA = { depend: 1, module: 2, version: 3, pnp: 4 } as const;

export function describeFreebsd(
  object: ElfObject,
  arch: LinkArch,
): Result<FreebsdModule, FlavourProblem> {
  const pointers: Pointers = { object, arch, relocations: new RelocationIndex(object) };
  const reader = new Reader(pointers);
  const modules: string[] = [];
  const versions: { name: string; version: number }[] = [];
  const depends: FreebsdDependency[] = [];
  const pnp: { bus: string; table: string; entries: number }[] = [];
  for (const { at, word } of reader.elements(METADATA_SET)) {
    // struct mod_metadata { int version, type; void *data; const char *cval; }
    const data = reader.follow(at(8), 'md_data');
    if (data === undefined) continue;
    const cval = (): string => reader.text(at(8 + arch.wordBytes), 'md_cval');
    switch (word(4)) {
      case METADATA.depend: {
        const [min, preferred, max] = [data.word(0), data.word(4), data.word(8)];
        depends.push({ module: cval(), min, preferred, max });
        break;
      }
      case METADATA.module:
        modules.push(reader.text(data.at(0), 'the name in moduledata'));
        break;
      case METADATA.version:
        versions.push({ name: cval(), version: data.word(0) });
        break;
      case METADATA.pnp: {
        // struct mod_pnp_match_info { char *descr, *bus; void *table; int entry_len, num_entry; }
        const entries = data.word(3 * arch.wordBytes + 4);
        pnp.push({ bus: cval(), table: reader.text(data.at(0), 'descr'), entries });
      }
    }
  }
  const init = reader.sysinits('set_sysinit_set');
  const fini = reader.sysinits('set_sysuninit_set');
  return unlessRefused(
    {
      flavour: 'freebsd',
      name: versions[0]?.name ?? modules[0],
      modules,
      versions,
      depends,
      pnp,
      init,
      fini,
      sysinitLayout: reader.layout,
      sets: setsOf(object, arch),
    },
    reader.problems,
  );
}

function setsOf(object: ElfObject, { wordBytes }: LinkArch): FreebsdModule['sets'] {
  return [...setsIn(object)]
    .filter(([name]) => /^set_\w/.test(name))
    .map(([name, parts]) => {
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
      return { name: name.slice(4), elements: Math.floor(bytes / wordBytes) };
    });
}

/** A structure in the object. */
interface Struct {
  readonly at: (offset: number) => Spot;
  /** A u32 of it, 0 outside its section. */
  readonly word: (offset: number) => number;
}

class Reader {
  readonly problems: FlavourProblem[] = [];
  layout: 'old' | 'new' | undefined;
  readonly #pointers: Pointers;
  #functions: ReadonlyMap<string, string> | undefined;

  constructor(pointers: Pointers) {
    this.#pointers = pointers;
  }

  /** What the pointers of the set lead to. */
  *elements(set: string): Generator<Struct> {
    const { object, arch } = this.#pointers;
    for (const part of setsIn(object).get(set) ?? []) {
      for (const slot of slots(part, arch.wordBytes)) {
        if (this.problems.length >= PROBLEM_LIMIT) return;
        const found = this.follow(slot, `the pointer in ${set}`);
        if (found !== undefined) yield found;
      }
    }
  }

  follow(slot: Spot, what: string): Struct | undefined {
    const pointer = followPointer(this.#pointers, slot);
    if (pointer.kind !== 'to') {
      const found = pointer.kind === 'null' ? 'is NULL' : pointer.found;
      const { section, offset } = slot;
      this.problems.push({ kind: 'bad-pointer', what, section: section.name, offset, found });
      return undefined;
    }
    const { section, offset } = pointer.spot;
    const at = (more: number): Spot => ({ section, offset: offset + more });
    return { at, word: (more) => wordAt(this.#pointers.object, at(more)) ?? 0 };
  }

  /** The string that a pointer leads to; '' when it leads nowhere, which is a problem. */
  text(slot: Spot, what: string): string {
    const found = this.follow(slot, what);
    return (found && stringAt(this.#pointers.object, found.at(0), MOST_TEXT)) ?? '';
  }

  /** In the order of the kernel: by subsystem, then by order, else as they come. */
  sysinits(set: string): readonly SysinitEntry[] {
    const { wordBytes } = this.#pointers.arch;
    const entries: SysinitEntry[] = [];
    for (const { at, word } of this.elements(set)) {
      // { u32 subsystem, order; [new: next;] func; udata }: next is NULL in a file.
      const old = this.#target(at(8));
      const name = old ?? this.#target(at(8 + wordBytes));
      if (name === undefined) continue;
      this.layout ??= old === undefined ? 'new' : 'old';
      entries.push({ subsystem: word(0), order: word(4), function: name });
    }
    return entries.toSorted((a, b) => a.subsystem - b.subsystem || a.order - b.order);
  }

  /** The function that the relocation at a place leads to; undefined: there is none. */
  #target(slot: Spot): string | undefined {
    const { object, relocations } = this.#pointers;
    const [first] = relocations.at(slot.section, slot.offset);
    if (first === undefined) return undefined;
    const name = object.symbols.nameAt(first.table.symbolAt(first.i));
    if (name !== '') return name;
    // A local function may be referred to by its section, or by its address.
    const pointer = followPointer(this.#pointers, slot);
    if (pointer.kind !== 'to') return '(nowhere)';
    this.#functions ??= functionsOf(object);
    const { section, offset } = pointer.spot;
    return this.#functions.get(keyOf(pointer.spot)) ?? `${section.name}+0x${offset.toString(16)}`;
  }
}

function functionsOf(object: ElfObject): ReadonlyMap<string, string> {
  const functions = new Map<string, string>();
  for (const { name, spot, isFunction } of definedSymbols(object, (each) => each !== ''))
    if (isFunction) functions.set(keyOf(spot), name);
  return functions;
}

/** Bit 0 of a function's address is the instruction set, where there are two. */
function keyOf({ section, offset }: Spot): string {
  return `${section.index}+${offset & ~1}`;
}

function* slots({ section, offset: start, bytes }: SetPart, wordBytes: number): Generator<Spot> {
  const end = start + Math.min(bytes, MOST * wordBytes);
  for (let offset = start; offset + wordBytes <= end; offset += wordBytes)
    yield { section, offset };
}
