// Resolves: every symbol gets its value S.  Defined ones from their segment's
// base; the bounds of the object's own sets and the global offset table are made
// up here; everything else is asked of the caller's lookup.  All that cannot be
// resolved is reported at once.

import type { LinkArch } from '../arch/link-arch.ts';
import type { InstructionSet } from '../arch/relocation.ts';
import { relocationName } from '../arch/relocation-names.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import type { ElfObject, ElfRelocations, ElfSection } from '../object/elf/model.ts';
import { setsIn } from '../object/elf/sets.ts';
import { GOT_SYMBOL, gotAddress } from './got.ts';
import type { Layout, Placement } from './layout.ts';
import { nearestNames } from './nearest.ts';
import { type LinkProblem, type Place, ProblemList } from './problems.ts';
import { countUses, type Uses, usedSymbols } from './uses.ts';

export type Provider = string | number;

export interface FoundSymbol {
  readonly address: Addr;
  /** Who defines it, for LinkedImage.providers; undefined: nobody to hold. */
  readonly provider?: Provider | undefined;
  /** Whether it is Thumb code; undefined: no telling. */
  readonly thumb?: boolean | undefined;
}

/** A version of a symbol, and who must have it, as DT_NEEDED names it. */
export interface WantedVersion {
  readonly name: string;
  readonly from: string;
}

/** Without a version: the default one. */
export type Lookup = (name: string, version?: WantedVersion) => FoundSymbol | undefined;

/** What symbol resolution needs to know. */
export interface ResolveRequest {
  readonly object: ElfObject;
  readonly arch: LinkArch;
  readonly layout: Layout;
  /** Where each of layout.segments lives. */
  readonly bases: readonly Addr[];
  readonly lookup: Lookup;
  /** The versions of a symbol that somebody has; undefined: that module is not there. */
  readonly versions?: ((symbol: string, from: string) => readonly string[] | undefined) | undefined;
  /** What is taken from the addresses of per-CPU variables: the CPU adds it to them. */
  readonly perCpuBase?: bigint | undefined;
  /** An address for a symbol that nobody has, if the object may do without it. */
  readonly standIn?: ((name: string) => Addr | undefined) | undefined;
  /** All names that lookup knows, to suggest one that was meant. */
  readonly exports?: Iterable<string> | undefined;
}

/** An object whose sections have addresses. */
export type Placed = Pick<ResolveRequest, 'object' | 'layout' | 'bases'>;

export interface ResolvedSymbol {
  /** S, with the Thumb bit clear. */
  readonly value: Addr;
  /** undefined: not known to be a function, or there is only one set. */
  readonly set: InstructionSet | undefined;
  /** Weak and undefined: the value is 0, but a branch may have other rules. */
  readonly absent: boolean;
}

export interface Resolution {
  /** undefined: not resolved, which a problem says if it matters. */
  readonly of: (symbol: number) => ResolvedSymbol | undefined;
  readonly providers: ReadonlySet<Provider>;
  readonly problems: readonly LinkProblem[];
}

/** The kernel has 20,000 symbols: who misses a thousand has the wrong one. */
const problemLimit = 1000;

export function resolveSymbols(request: ResolveRequest): Resolution {
  const { object, arch } = request;
  const elsewhere = new Map<number, ResolvedSymbol>();
  const providers = new Set<Provider>();
  const problems = new ProblemList(problemLimit);
  const isUsed = usedSymbols(object, request.layout, arch);
  let uses: Uses | undefined;
  const exportNames = request.exports === undefined ? [] : [...request.exports];
  const keptInstead = keptDefinitions(object);
  const madeUp = definedByLinker(request);
  for (let i = 1; i < object.symbols.count; i++) {
    const definition = keptInstead(i);
    if (object.symbols.sectionAt(definition) !== C.SHN_UNDEF) {
      refuseType(request, definition, problems);
      continue;
    }
    if (isUsed[i] !== 1) continue;
    const name = object.symbols.nameAt(i);
    const made = madeUp(name);
    const version = wantedVersion(object, i);
    const found = made === undefined ? request.lookup(name, version) : { address: made };
    if (found !== undefined) {
      if (found.provider !== undefined) providers.add(found.provider);
      elsewhere.set(i, foundSymbol(found));
    } else if (object.symbols.bindingAt(i) === C.STB_WEAK) {
      elsewhere.set(i, { ...zero, absent: true });
    } else {
      const standIn = request.standIn?.(name);
      if (standIn !== undefined) {
        elsewhere.set(i, foundSymbol({ address: standIn }));
        continue;
      }
      uses ??= countUses(object, request.layout, arch);
      const use = uses.of(i);
      const first = placeOf(object, arch, use.table, use.first);
      if (version !== undefined) {
        const has = request.versions?.(name, version.from);
        const wanted = { symbol: name, version: version.name, from: version.from };
        problems.add({ kind: 'missing-version', ...wanted, has, first, uses: use.count });
        continue;
      }
      const nearest = nearestNames(name, problems.length < suggestionLimit ? exportNames : []);
      problems.add({ kind: 'undefined-symbol', symbol: name, first, uses: use.count, nearest });
    }
  }
  const defined = definedSymbols(request);
  return {
    of: (i) => {
      // Symbol 0 stands for no symbol: S = 0.
      if (i === 0) return zero;
      const definition = keptInstead(i);
      const isDefined = object.symbols.sectionAt(definition) !== C.SHN_UNDEF;
      return isDefined ? defined(definition) : elsewhere.get(i);
    },
    providers,
    problems: problems.all(),
  };
}

function wantedVersion({ dynamic }: ElfObject, symbol: number): WantedVersion | undefined {
  const version = dynamic?.versions.of(symbol);
  return version?.from === undefined ? undefined : { name: version.name, from: version.from };
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
  return placement && addressOf(placement, bases);
}

/** B: how far the object is from the addresses in its file; 0: it has none there. */
export function loadBias({ layout, bases }: Pick<ResolveRequest, 'layout' | 'bases'>): bigint {
  // Sections of a relocatable object have no addresses to be away from.
  return layout.linkedAt === undefined ? 0n : (bases[0] ?? 0n) - layout.linkedAt;
}

function addressOf({ segment, offset }: Placement, bases: readonly Addr[]): Addr {
  // An object of empty sections only has no segment, and nothing to point at.
  return plus(bases[segment] ?? addr(0), offset);
}

export function hasInstructionSets(arch: LinkArch): boolean {
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

/** Where Linux objects have their per-CPU variables. */
const PER_CPU = '.data..percpu';

/** What the values of a section's symbols count from; undefined: it is not loaded. */
export function valuesFrom(
  { index, name }: ElfSection,
  { layout, bases, perCpuBase }: Pick<ResolveRequest, 'layout' | 'bases' | 'perCpuBase'>,
): Addr | undefined {
  const start = sectionAddress(layout, bases, index);
  const isShifted = start !== undefined && perCpuBase !== undefined && name === PER_CPU;
  return isShifted ? addr(start - perCpuBase) : start;
}

/** Values of the object's own symbols, made when asked: of thousands few are used twice. */
function definedSymbols({
  object: { symbols, sections },
  arch,
  layout,
  bases,
  perCpuBase,
}: ResolveRequest): (symbol: number) => ResolvedSymbol | undefined {
  const hasThumb = hasInstructionSets(arch);
  const starts = sections.map((section) => valuesFrom(section, { layout, bases, perCpuBase }));
  return (i) => {
    const index = symbols.sectionAt(i);
    const common = index === C.SHN_COMMON ? layout.commons.get(i) : undefined;
    // The value of a common symbol is its alignment.
    if (common !== undefined)
      return { value: addressOf(common, bases), set: undefined, absent: false };
    const base = index === C.SHN_ABS ? 0n : starts[index];
    if (base === undefined) return undefined;
    const ifunc = layout.ifuncs.get(i);
    if (ifunc !== undefined)
      return { value: addressOf(ifunc.stub, bases), set: arch.indirectStub.set, absent: false };
    if (unsupportedType(symbols.typeAt(i)) !== undefined) return undefined;
    const value = addr(base + symbols.valueAt(i));
    if (!hasThumb || symbols.typeAt(i) !== C.STT_FUNC)
      return { value, set: undefined, absent: false };
    return foundSymbol({ address: value, thumb: (value & 1n) === 1n });
  };
}

/** What of an object's own symbols has no value, in words. */
function unsupportedType(
  type: number,
): (LinkProblem & { kind: 'unsupported-symbol' })['type'] | undefined {
  if (type === C.STT_TLS) return 'thread-local';
  return type === C.STT_GNU_IFUNC ? 'indirect function outside all sections' : undefined;
}

function refuseType(
  { object: { symbols }, layout }: ResolveRequest,
  i: number,
  problems: ProblemList,
): void {
  const type = unsupportedType(symbols.typeAt(i));
  if (type === undefined || layout.ifuncs.has(i)) return;
  const section = symbols.sectionAt(i);
  const isPlaced =
    section === C.SHN_ABS || layout.placements[section] !== undefined || layout.commons.has(i);
  if (isPlaced) problems.add({ kind: 'unsupported-symbol', symbol: symbols.nameAt(i), type });
}

/**
 * For each symbol the one that holds its definition: itself, but for a global one in
 * a discarded group the one of its name that was kept; 0 if there is none, for then
 * it is undefined.
 */
function keptDefinitions({ sections, symbols }: ElfObject): (symbol: number) => number {
  if (sections.every(({ discarded }) => discarded === undefined)) return (symbol) => symbol;
  const isDiscarded = (i: number): boolean =>
    sections[symbols.sectionAt(i)]?.discarded !== undefined;
  const kept = new Map<string, number>();
  for (let i = 1; i < symbols.count; i++) {
    if (symbols.bindingAt(i) === C.STB_LOCAL || symbols.sectionAt(i) === C.SHN_UNDEF) continue;
    const name = symbols.nameAt(i);
    if (!isDiscarded(i) && !kept.has(name)) kept.set(name, i);
  }
  return (i) =>
    symbols.bindingAt(i) !== C.STB_LOCAL && isDiscarded(i) ? (kept.get(symbols.nameAt(i)) ?? 0) : i;
}

/** The addresses of what the linker itself defines, by name. */
function definedByLinker(request: ResolveRequest): (name: string) => Addr | undefined {
  let sets: ReadonlyMap<string, SetBounds> | undefined;
  return (name) => {
    if (name === GOT_SYMBOL) return gotAddress(request.layout, request.bases);
    const [, bound, set = ''] = /^__(start|stop)_([A-Za-z_][A-Za-z0-9_]*)$/.exec(name) ?? [];
    if (bound === undefined) return undefined;
    sets ??= findSets(request);
    return bound === 'start' ? sets.get(set)?.start : sets.get(set)?.stop;
  };
}

export interface SetBounds {
  readonly start: Addr;
  readonly stop: Addr;
}

/**
 * What __start_NAME and __stop_NAME mean, by name.  The layout has put the sections
 * of one name side by side, in the object's order.  A set without a section has no
 * bounds: who wants an empty one declares them weak, as NetBSD's headers do, and gets
 * 0 for both; anything else would hide a name that was misspelt.
 */
export function findSets({ object, layout, bases }: Placed): ReadonlyMap<string, SetBounds> {
  const sets = new Map<string, SetBounds>();
  for (const [name, parts] of setsIn(object))
    for (const { section, offset, bytes } of parts) {
      const base = sectionAddress(layout, bases, section.index);
      if (base === undefined) continue;
      const start = plus(base, offset);
      sets.set(name, { start: sets.get(name)?.start ?? start, stop: plus(start, bytes) });
    }
  return sets;
}
