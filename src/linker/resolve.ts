// Resolves: every symbol gets its value S.  Defined ones from their segment's
// base; the bounds of the object's own sets and the global offset table are made
// up here; everything else is asked of the caller's lookup.  All that cannot be resolved is reported at once.

import type { LinkArch } from '../arch/link-arch.ts';
import type { InstructionSet } from '../arch/relocation.ts';
import { relocationName } from '../arch/relocation-names.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject, ElfRelocations } from '../object/elf/model.ts';
import { GOT_SYMBOL, gotAddress } from './got.ts';
import { isLoaded, type Layout } from './layout.ts';
import { nearestNames } from './nearest.ts';
import type { LinkProblem, Place } from './problems.ts';

export type Provider = string | number;

export interface FoundSymbol {
  readonly address: Addr;
  /** Who defines it, for LinkedImage.providers; undefined: nobody to hold. */
  readonly provider?: Provider | undefined;
  /** Whether it is Thumb code; undefined: no telling. */
  readonly thumb?: boolean | undefined;
}

export type Lookup = (name: string) => FoundSymbol | undefined;

/** What symbol resolution needs to know. */
export interface ResolveRequest {
  readonly object: ElfObject;
  readonly arch: LinkArch;
  readonly layout: Layout;
  /** Where each of layout.segments lives. */
  readonly bases: readonly Addr[];
  readonly lookup: Lookup;
  /** All names that lookup knows, to suggest one that was meant. */
  readonly exports?: Iterable<string> | undefined;
}

export interface ResolvedSymbol {
  /** S, with the Thumb bit clear. */
  readonly value: Addr;
  /** undefined: not known to be a function, or there is only one set. */
  readonly set: InstructionSet | undefined;
  /** Weak and undefined: the value is 0, but a branch may have other rules. */
  readonly absent: boolean;
}

export interface Resolution {
  /** By symbol index; undefined: not resolved, which a problem says if it matters. */
  readonly symbols: readonly (ResolvedSymbol | undefined)[];
  readonly providers: ReadonlySet<Provider>;
  readonly problems: readonly LinkProblem[];
}

export function resolveSymbols(request: ResolveRequest): Resolution {
  const { object, arch } = request;
  // Symbol 0 stands for no symbol: S = 0.
  const symbols: (ResolvedSymbol | undefined)[] = [zero];
  const providers = new Set<Provider>();
  const problems: LinkProblem[] = [];
  const uses = findUses(object, request.layout, arch);
  const exportNames = request.exports === undefined ? [] : [...request.exports];
  const hasThumb = hasInstructionSets(arch);
  const sections = object.sections.map(({ index }) =>
    sectionAddress(request.layout, request.bases, index),
  );
  for (let i = 1; i < object.symbols.count; i++) {
    if (object.symbols.sectionAt(i) !== C.SHN_UNDEF) {
      symbols.push(resolveDefined(object, sections, i, hasThumb, problems));
      continue;
    }
    const use = uses.of(i);
    if (use === undefined) {
      symbols.push(undefined);
      continue;
    }
    const name = object.symbols.nameAt(i);
    const made = madeUp(request, name);
    const found = made === undefined ? request.lookup(name) : { address: made };
    if (found !== undefined) {
      if (found.provider !== undefined) providers.add(found.provider);
      symbols.push(foundSymbol(found));
    } else if (object.symbols.bindingAt(i) === C.STB_WEAK) {
      symbols.push({ ...zero, absent: true });
    } else {
      symbols.push(undefined);
      const first = placeOf(object, arch, use.table, use.first);
      const nearest = nearestNames(name, problems.length < suggestionLimit ? exportNames : []);
      problems.push({ kind: 'undefined-symbol', symbol: name, first, uses: use.count, nearest });
    }
  }
  return { symbols, providers, problems };
}

const zero: ResolvedSymbol = { value: addr(0), set: undefined, absent: false };

/** Comparing with every export costs; a long list of failures needs no advice. */
const suggestionLimit = 20;

/** Relocation `i` of `table`, in words. */
export function placeOf(
  object: ElfObject,
  arch: LinkArch,
  table: ElfRelocations,
  i: number,
): Place {
  const symbol = table.symbolAt(i);
  return {
    section: table.target.name,
    offset: table.offsetAt(i),
    symbol: symbolName(object, symbol),
    relocation: relocationName(arch.elfMachine, table.typeAt(i), arch.relocations),
  };
}

function symbolName(object: ElfObject, i: number): string {
  if (i === 0) return '(no symbol)';
  const name = object.symbols.nameAt(i);
  if (name !== '') return name;
  return object.sections[object.symbols.sectionAt(i)]?.name ?? `symbol ${i}`;
}

/** Where section `index` begins in memory; undefined: it is not loaded. */
export function sectionAddress(
  layout: Layout,
  bases: readonly Addr[],
  index: number,
): Addr | undefined {
  const placement = layout.placements[index];
  if (placement === undefined) return undefined;
  // An object of empty sections only has no segment, and nothing to point at.
  return plus(bases[placement.segment] ?? addr(0), placement.offset);
}

function hasInstructionSets(arch: LinkArch): boolean {
  for (const rule of arch.relocations.values()) if (rule.branch !== undefined) return true;
  return false;
}

function foundSymbol(found: FoundSymbol): ResolvedSymbol {
  switch (found.thumb) {
    case undefined:
      return { value: found.address, set: undefined, absent: false };
    case false:
      return { value: found.address, set: 'arm', absent: false };
    case true:
      return { value: addr(found.address & ~1n), set: 'thumb', absent: false };
  }
}

function resolveDefined(
  { symbols }: ElfObject,
  sections: readonly (Addr | undefined)[],
  i: number,
  hasThumb: boolean,
  problems: LinkProblem[],
): ResolvedSymbol | undefined {
  const type = symbols.typeAt(i);
  const index = symbols.sectionAt(i);
  if (index === C.SHN_COMMON) {
    problems.push({ kind: 'common-symbol', symbol: symbols.nameAt(i), bytes: symbols.sizeAt(i) });
    return undefined;
  }
  const base = index === C.SHN_ABS ? 0n : sections[index];
  if (base === undefined) return undefined;
  if (type === C.STT_TLS || type === C.STT_GNU_IFUNC) {
    const kind = type === C.STT_TLS ? 'thread-local' : 'indirect function';
    problems.push({ kind: 'unsupported-symbol', symbol: symbols.nameAt(i), type: kind });
    return undefined;
  }
  const value = addr(base + symbols.valueAt(i));
  if (!hasThumb || type !== C.STT_FUNC) return { value, set: undefined, absent: false };
  return foundSymbol({ address: value, thumb: (value & 1n) === 1n });
}

/** The address of what the linker itself defines. */
function madeUp(request: ResolveRequest, name: string): Addr | undefined {
  if (name === GOT_SYMBOL) return gotAddress(request.layout, request.bases);
  return setBound(request, name);
}

/** The address that __start_NAME or __stop_NAME of a loaded section NAME means. */
function setBound({ object, layout, bases }: ResolveRequest, name: string): Addr | undefined {
  const [, bound, set] = /^__(start|stop)_([A-Za-z_][A-Za-z0-9_]*)$/.exec(name) ?? [];
  if (bound === undefined) return undefined;
  const sections = object.sections.filter((section) => section.name === set && isLoaded(section));
  const section = bound === 'start' ? sections[0] : sections.at(-1);
  if (section === undefined) return undefined;
  const start = sectionAddress(layout, bases, section.index);
  return start === undefined || bound === 'start' ? start : plus(start, section.size);
}

interface Use {
  readonly table: ElfRelocations;
  readonly first: number;
  readonly count: number;
}

interface Uses {
  /** undefined: nothing uses the symbol. */
  of(symbol: number): Use | undefined;
}

/**
 * The undefined symbols that relocations of loaded sections really use, counted in
 * columns by symbol: half of all relocations use one.
 */
function findUses(object: ElfObject, layout: Layout, arch: LinkArch): Uses {
  const { symbols, relocations } = object;
  const counts = new Uint32Array(symbols.count);
  const tables = new Uint32Array(symbols.count);
  const firsts = new Uint32Array(symbols.count);
  const isLoose = new Uint8Array(symbols.count);
  for (let i = 0; i < symbols.count; i++) if (symbols.sectionAt(i) === C.SHN_UNDEF) isLoose[i] = 1;
  relocations.forEach((table, tableIndex) => {
    if (layout.placements[table.target.index] === undefined) return;
    let type = -1;
    let changes = true;
    for (let i = 0; i < table.count; i++) {
      const symbol = table.symbolAt(i);
      if (isLoose[symbol] !== 1) continue;
      if (table.typeAt(i) !== type) {
        type = table.typeAt(i);
        // R_*_NONE only marks a dependency, as unwind tables do on ARM.
        changes = arch.relocations.get(type)?.field.bytes !== 0;
      }
      if (!changes) continue;
      const before = counts[symbol] ?? 0;
      counts[symbol] = before + 1;
      if (before > 0) continue;
      tables[symbol] = tableIndex;
      firsts[symbol] = i;
    }
  });
  return {
    of: (symbol) => {
      const count = counts[symbol] ?? 0;
      const table = relocations[tables[symbol] ?? 0];
      if (count === 0 || table === undefined) return undefined;
      return { table, first: firsts[symbol] ?? 0, count };
    },
  };
}
