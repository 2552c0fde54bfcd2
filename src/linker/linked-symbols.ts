// The symbols of a linked module: everything with a name and an address, for reports,
// debuggers and other modules.  A shared object has those it exports in one table, and
// those that only people ask for in another, unless that was stripped.

import type { Addr } from '../base/address.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject, ElfSection, ElfSymbols } from '../object/elf/model.ts';
import type { SymbolVersion } from '../object/elf/versions.ts';
import { COMMON_SECTION } from './commons.ts';
import { IFUNC_SECTION } from './ifuncs.ts';
import {
  hasInstructionSets,
  type Resolution,
  type ResolveRequest,
  sectionAddress,
} from './resolve.ts';

/** A defined symbol with a name; not those that mark sections, files or code. */
export interface LinkedSymbol {
  readonly name: string;
  /** With the Thumb bit clear. */
  readonly address: Addr;
  readonly size: number;
  /** undefined: an absolute value, not an address in the module. */
  readonly section: string | undefined;
  /** STB_* */
  readonly binding: number;
  /** STT_* */
  readonly type: number;
  /** Call it at address + 1. */
  readonly thumb: boolean;
  /** Of a shared object's exports. */
  readonly version?: Pick<SymbolVersion, 'name' | 'hidden'> | undefined;
}

/** $a, $d, $t and $x mark where ARM code and data change; they name nothing. */
const mappingSymbol = /^\$[adtx](\.|$)/;

export function linkedSymbols(
  request: ResolveRequest,
  resolution: Resolution,
): readonly LinkedSymbol[] {
  const { object } = request;
  const { symbols, dynamic } = object;
  const linked: LinkedSymbol[] = [];
  const nameOfSection = sectionNames(object);
  for (const i of namesIn(symbols, object)) {
    const resolved = resolution.of(i);
    if (resolved === undefined) continue;
    linked.push({
      name: symbols.nameAt(i),
      address: resolved.value,
      ...placeOf(request, i, nameOfSection),
      binding: symbols.bindingAt(i),
      type: symbols.typeAt(i),
      thumb: resolved.set === 'thumb',
      ...(dynamic === undefined ? {} : { version: dynamic.versions.of(i) }),
    });
  }
  return dynamic === undefined ? linked : withNames(request, dynamic.names, linked, nameOfSection);
}

/** Indexes of the symbols that are defined and name something. */
function* namesIn(symbols: ElfSymbols, { sections }: ElfObject): Generator<number> {
  for (let i = 1; i < symbols.count; i++) {
    const index = symbols.sectionAt(i);
    const type = symbols.typeAt(i);
    if (index === C.SHN_UNDEF || sections[index]?.discarded !== undefined) continue;
    if (type === C.STT_SECTION || type === C.STT_FILE) continue;
    const name = symbols.nameAt(i);
    if (name !== '' && !mappingSymbol.test(name)) yield i;
  }
}

type SectionName = (section: number, offset: bigint) => string | undefined;

/** Of an indirect function its stub is known to the world, not its resolver. */
function placeOf(
  { object: { symbols }, arch, layout }: ResolveRequest,
  symbol: number,
  nameOfSection: SectionName,
): Pick<LinkedSymbol, 'size' | 'section'> {
  if (layout.ifuncs.has(symbol)) return { size: arch.indirectStub.bytes, section: IFUNC_SECTION };
  const size = symbols.sizeAt(symbol);
  return { size, section: nameOfSection(symbols.sectionAt(symbol), symbols.valueAt(symbol)) };
}

/** What a place's section is called; in a PT_LOAD by the section header, if there is one. */
function sectionNames({ sections, dynamic }: ElfObject): SectionName {
  const inOrder =
    dynamic === undefined
      ? []
      : sections
          .filter(({ loads, flags, size }) => !loads && (flags & C.SHF_ALLOC) !== 0 && size > 0)
          .toSorted((a, b) => Number(a.address - b.address));
  const at = (address: bigint): ElfSection | undefined => {
    let [low, high] = [0, inOrder.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((inOrder[middle]?.address ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const found = inOrder[low - 1];
    return found !== undefined && address - found.address <= found.size ? found : undefined;
  };
  return (index, offset) => {
    if (index === C.SHN_ABS) return undefined;
    if (index === C.SHN_COMMON) return COMMON_SECTION;
    const section = sections[index];
    if (section === undefined || dynamic === undefined) return section?.name;
    return at(section.address + offset)?.name ?? section.name;
  };
}

/** Adds what .symtab has besides; names there may carry their version. */
function withNames(
  request: ResolveRequest,
  names: ElfSymbols,
  exported: readonly LinkedSymbol[],
  nameOfSection: SectionName,
): readonly LinkedSymbol[] {
  const { object, arch, layout, bases } = request;
  const known = new Set(exported.map(({ name, address }) => `${name} ${address}`));
  const exportedNames = new Set(exported.map(({ name }) => name));
  const hasThumb = hasInstructionSets(arch);
  const linked = [...exported];
  for (const i of namesIn(names, object)) {
    const section = names.sectionAt(i);
    const type = names.typeAt(i);
    const base = section === C.SHN_ABS ? addr(0) : sectionAddress(layout, bases, section);
    if (base === undefined || type === C.STT_TLS) continue;
    const name = names.nameAt(i).replace(/@.*$/, '');
    const value = base + names.valueAt(i);
    const thumb = hasThumb && type === C.STT_FUNC && (value & 1n) === 1n;
    const address = addr(thumb ? value - 1n : value);
    const isResolver = type === C.STT_GNU_IFUNC && exportedNames.has(name);
    if (name === '' || isResolver || known.has(`${name} ${address}`)) continue;
    linked.push({
      ...{ name, address, thumb, type },
      size: names.sizeAt(i),
      section: nameOfSection(section, names.valueAt(i)),
      // Whatever .symtab says: other modules see the exports alone.
      binding: C.STB_LOCAL,
    });
  }
  return linked;
}
