// The debug sections of an object whose other sections have been placed: relocated
// and unpacked, each when it is asked for, because a large module has 100 MB of them.
// Debug sections have no addresses.  What refers into one means an offset in it, or,
// where the object has several of one name, in all of them one behind the other.
// What refers to code that was thrown away gets the highest address, as ld.lld has it.

import type { LinkArch } from '../arch/link-arch.ts';
import type { RelocationRule } from '../arch/relocation.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import { readUnsigned, size64, viewOf, writeUnsigned } from '../base/bytes.ts';
import { type ContainerProblem, describeContainerProblem } from '../container/problems.ts';
import { unpackSection } from '../container/section.ts';
import * as C from '../object/elf/constants.ts';
import {
  contentOf,
  type ElfObject,
  type ElfRelocations,
  type ElfSection,
  hasContent,
} from '../object/elf/model.ts';
import type { Layout } from './layout.ts';
import { NarrowPass, narrowAddress, narrowSymbol } from './narrow.ts';
import { type ResolvedSymbol, sectionAddress } from './resolve.ts';

export interface DebugSectionsRequest {
  readonly object: ElfObject;
  readonly arch: LinkArch;
  /** undefined: the object is linked already, and nothing of it moves. */
  readonly placed: { readonly layout: Layout; readonly bases: readonly Addr[] } | undefined;
}

export type DebugSectionProblem = {
  readonly section: string;
  readonly problem:
    | ContainerProblem
    | { readonly kind: 'unknown-compression'; readonly type: number }
    | { readonly kind: 'unknown-relocation'; readonly type: number; readonly offset: number };
};

export function describeDebugSectionProblem({ section, problem }: DebugSectionProblem): string {
  switch (problem.kind) {
    case 'unknown-compression':
      return `${section} is compressed in way ${problem.type}, wanted zlib (1) or zstd (2)`;
    case 'unknown-relocation':
      return `${section} has a relocation of unknown type ${problem.type} at ${problem.offset}`;
    default:
      return `${section}: ${describeContainerProblem(problem)}`;
  }
}

/** No module's debug section comes near; a larger one is damaged. */
const SECTION_LIMIT = 1 << 30;
const PROBLEM_LIMIT = 100;

export class LinkedDebugSections {
  readonly problems: DebugSectionProblem[] = [];
  readonly #request: DebugSectionsRequest;
  readonly #cache = new Map<string, Uint8Array | undefined>();
  #relocator: Relocator | undefined;

  constructor(request: DebugSectionsRequest) {
    this.#request = request;
  }

  /** The bytes of all sections so called; undefined: there is none, or it is damaged. */
  get(name: string): Uint8Array | undefined {
    if (!this.#cache.has(name)) this.#cache.set(name, this.#read(name));
    return this.#cache.get(name);
  }

  #read(name: string): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    for (const section of this.#request.object.sections) {
      if (!isPartOf(section, name)) continue;
      const bytes = this.#unpack(section);
      if (bytes === undefined) return undefined;
      parts.push(this.#relocated(section, bytes));
    }
    const [first] = parts;
    if (parts.length <= 1) return first;
    return joined(parts);
  }

  #unpack(section: ElfSection): Uint8Array | undefined {
    const { object } = this.#request;
    const packing = packingOf(object, section);
    if (packing === undefined) return contentOf(object, section);
    const { type, size, content } = packing;
    if (type !== 1 && type !== 2) {
      this.#report(section, { kind: 'unknown-compression', type });
      return undefined;
    }
    const format = type === 1 ? 'zlib' : 'zstd';
    if (size > SECTION_LIMIT) {
      this.#report(section, { kind: 'too-large', format, limit: SECTION_LIMIT });
      return undefined;
    }
    const unpacked = unpackSection(format, content, size);
    if (unpacked.ok) return unpacked.value;
    for (const problem of unpacked.problems) this.#report(section, problem);
    return undefined;
  }

  #relocated(section: ElfSection, bytes: Uint8Array): Uint8Array {
    const { placed, object } = this.#request;
    const tables = object.relocations.filter(({ target }) => target === section);
    if (placed === undefined || tables.length === 0) return bytes;
    this.#relocator ??= new Relocator(this.#request, placed.layout, placed.bases);
    const copy = Uint8Array.from(bytes);
    for (const table of tables)
      for (const { type, offset } of this.#relocator.relocate(table, copy))
        this.#report(section, { kind: 'unknown-relocation', type, offset });
    return copy;
  }

  #report({ name: section }: ElfSection, problem: DebugSectionProblem['problem']): void {
    if (this.problems.length < PROBLEM_LIMIT) this.problems.push({ section, problem });
  }
}

/** ".zdebug_info" is an old way to say that .debug_info is compressed. */
function isPartOf(section: ElfSection, name: string): boolean {
  if (section.discarded !== undefined || !hasContent(section)) return false;
  return section.name === name || section.name === name.replace(/^\.debug_/, '.zdebug_');
}

interface Packing {
  /** ELFCOMPRESS_*: 1 zlib, 2 zstd. */
  readonly type: number;
  readonly size: number;
  readonly content: Uint8Array;
}

/** undefined: the section is not compressed. */
function packingOf(object: ElfObject, section: ElfSection): Packing | undefined {
  const content = contentOf(object, section);
  const view = viewOf(content);
  const isOld = section.name.startsWith('.zdebug_');
  if ((section.flags & C.SHF_COMPRESSED) === 0 && !isOld) return undefined;
  const header = isOld ? 12 : object.wordBytes === 8 ? 24 : 12;
  if (content.length < header) return { type: 0, size: 0, content };
  const rest = content.subarray(header);
  // "ZLIB" and the size, the one number of all ELF that is big-endian everywhere.
  if (isOld) return { type: 1, size: Number(view.getBigUint64(4, false)), content: rest };
  const size = object.wordBytes === 8 ? size64(view, 8) : view.getUint32(4, true);
  return { type: view.getUint32(0, true), size, content: rest };
}

/** Applies relocations of debug sections: no ranges to check, no veneers, no Thumb bit. */
class Relocator {
  readonly #request: DebugSectionsRequest;
  readonly #layout: Layout;
  readonly #bases: readonly Addr[];
  readonly #symbols: readonly (ResolvedSymbol | undefined)[];
  readonly #narrow: NarrowPass;
  /** By type. */
  readonly #rules: readonly (RelocationRule | undefined)[];

  constructor(request: DebugSectionsRequest, layout: Layout, bases: readonly Addr[]) {
    this.#request = request;
    this.#layout = layout;
    this.#bases = bases;
    const { relocations } = request.arch;
    const types = Math.max(0, ...relocations.keys()) + 1;
    this.#rules = Array.from({ length: types }, (_, type) => relocations.get(type));
    const starts = startsOf(request.object, layout, bases);
    const { symbols } = request.object;
    this.#symbols = Array.from({ length: symbols.count }, (_, i) => {
      const value = this.#valueOf(i, starts);
      return value === undefined ? undefined : { value, set: undefined, absent: false };
    });
    this.#narrow = new NarrowPass(Float64Array.from(this.#symbols, narrowSymbol));
  }

  #valueOf(i: number, starts: readonly (Addr | undefined)[]): Addr | undefined {
    const { symbols } = this.#request.object;
    const index = symbols.sectionAt(i);
    if (i === 0) return addr(0);
    if (index === C.SHN_ABS) return addr(symbols.valueAt(i));
    const common = this.#layout.commons.get(i);
    if (common !== undefined) return plus(this.#bases[common.segment] ?? addr(0), common.offset);
    const start = starts[index];
    if (start === undefined) return undefined;
    const value = symbols.valueAt(i);
    return addr(start + (symbols.typeAt(i) === C.STT_FUNC ? value & this.#functionMask() : value));
  }

  /** Debug information has the addresses of instructions, without the Thumb bit. */
  #functionMask(): bigint {
    for (const { branch } of this.#request.arch.relocations.values())
      if (branch?.thumb !== undefined) return ~1n;
    return ~0n;
  }

  /** Changes `bytes`; answers what it could not do. */
  relocate(
    table: ElfRelocations,
    bytes: Uint8Array,
  ): readonly { readonly type: number; readonly offset: number }[] {
    const unknown: { type: number; offset: number }[] = [];
    const view = viewOf(bytes);
    const base = sectionAddress(this.#layout, this.#bases, table.target.index) ?? addr(0);
    const inRecord = table.addends === 'in-record';
    const rules = this.#rules;
    const narrowBase = narrowAddress(base);
    const skip = (first: number): number => this.#narrow.run(table, first, rules, view, narrowBase);
    for (let i = skip(0); i < table.count; i = skip(i + 1)) {
      const rule = rules[table.typeAt(i)];
      const offset = table.offsetAt(i);
      if (rule === undefined || rule.got !== undefined) {
        unknown.push({ type: table.typeAt(i), offset });
        continue;
      }
      const { field } = rule;
      if (field.bytes === 0 || offset + field.bytes > bytes.length) continue;
      const raw = readUnsigned(view, offset, field.bytes);
      const S = this.#symbols[table.symbolAt(i)]?.value;
      const A = inRecord ? table.addendAt(i) : field.extract(raw);
      const P = base + BigInt(offset);
      const operands = { S: S ?? 0n, A, P, T: 0n, GOT: 0n, G: 0n, B: 0n, M: 0 };
      const value = S === undefined ? gone(table.target.name) : rule.value(operands);
      writeUnsigned(view, offset, field.bytes, field.insert(raw, value));
    }
    return unknown;
  }
}

/** In old lists of ranges the highest address means something else. */
function gone(section: string): bigint {
  return section === '.debug_ranges' || section === '.debug_loc' ? -2n : -1n;
}

/** What offsets in each section count from; undefined: it is not there. */
function startsOf(
  object: ElfObject,
  layout: Layout,
  bases: readonly Addr[],
): readonly (Addr | undefined)[] {
  const sizes = new Map<string, number>();
  return object.sections.map((section) => {
    const { index, flags, discarded, name, size } = section;
    if (discarded !== undefined || index === C.SHN_UNDEF) return undefined;
    if ((flags & C.SHF_ALLOC) !== 0) return sectionAddress(layout, bases, index);
    const key = name.replace(/^\.zdebug_/, '.debug_');
    const before = sizes.get(key) ?? 0;
    sizes.set(key, before + (packingOf(object, section)?.size ?? size));
    return addr(before);
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
