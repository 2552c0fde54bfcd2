// Veneers: where they lie, which branches share one, and which are needed at all.
// Space must be asked for before there are addresses, so it is reserved for every
// branch that leaves its segment, once for each symbol and addend; which of them
// really does not reach shows when it is relocated.  What is left over stays zero.
// Those for init code lie in init memory and go with it.

import type { LinkArch } from '../arch/link-arch.ts';
import type { InstructionSet, RelocationRule } from '../arch/relocation.ts';
import type { VeneerKind, Veneers } from '../arch/veneer.ts';
import { type Addr, plus } from '../base/address.ts';
import { readUnsigned, viewOf } from '../base/bytes.ts';
import { assert } from '../base/result.ts';
import * as C from '../object/elf/constants.ts';
import { contentOf, type ElfObject, type ElfRelocations } from '../object/elf/model.ts';
import { STUB_SEGMENT } from './ifuncs.ts';
import type { Layout } from './layout.ts';
import { rulesFor } from './relocation-types.ts';
import type { ResolvedSymbol } from './resolve.ts';
import type { SegmentKind } from './segments.ts';

/** The room for veneers at the end of a segment. */
export interface VeneerSpace {
  /** Index in Layout.segments. */
  readonly segment: number;
  readonly offset: number;
  /** How many there is room for. */
  readonly slots: number;
}

export interface LinkedVeneer {
  readonly address: Addr;
  /** With the Thumb bit; for an erratum, where the code comes back to. */
  readonly target: bigint;
  /** Its VeneerKind's name, or the erratum's. */
  readonly kind: string;
  readonly segment: SegmentKind;
  /** Whom it stands for; undefined: an erratum's. */
  readonly symbol: string | undefined;
  /** Of the veneer itself. */
  readonly set: InstructionSet | undefined;
}

/** What the layout knows of sections when it counts. */
export interface PlacedSections {
  /** undefined: not loaded. */
  kindOf(section: number): SegmentKind | undefined;
  isExecutable(section: number): boolean;
}

/** How many veneers each kind of segment may need. */
export function countVeneers(
  object: ElfObject,
  arch: LinkArch,
  sections: PlacedSections,
): ReadonlyMap<SegmentKind, number> {
  const counts = new Map<SegmentKind, number>();
  const { veneers } = arch;
  if (veneers === undefined) return counts;
  const rules = rulesFor(arch, object.type);
  const kinds = rules.map((rule) => rule && veneers.kinds.get(rule.type));
  const targetsIn = new Map<SegmentKind, Targets>();
  const homes = homesOf(object, sections);
  for (const table of object.relocations) {
    const segment = sections.kindOf(table.target.index);
    if (segment === undefined || !sections.isExecutable(table.target.index)) continue;
    if (![...table.types].some((type) => kinds[type] !== undefined)) continue;
    const content = contentOf(object, table.target);
    const view = viewOf(content);
    const targets = targetsIn.get(segment) ?? new Targets(object.symbols.count);
    targetsIn.set(segment, targets);
    for (let i = 0; i < table.count; i++) {
      const type = table.typeAt(i);
      const kind = kinds[type];
      const rule = rules[type];
      if (kind === undefined || rule === undefined) continue;
      const symbol = table.symbolAt(i);
      const home = homes[symbol];
      if (home === segment && rule.branch === undefined) continue;
      const mayStay = home === segment || home === AT_STUB;
      if (mayStay && staysInside(object, symbol, sections, segment, rule, arch)) continue;
      const offset = table.offsetAt(i);
      if (offset + rule.field.bytes > content.length) continue;
      if (veneers.isBranch?.(content, offset) === false) continue;
      const addend = addendOf(table, i, rule, view);
      if (targets.has(kind, symbol, addend)) continue;
      targets.add(kind, symbol, addend);
      counts.set(segment, (counts.get(segment) ?? 0) + 1);
    }
  }
  return counts;
}

/** In no segment. */
const ELSEWHERE = -1;
/** An indirect function, wherever its stub is. */
const AT_STUB = -2;

/** The segment that each symbol lies in. */
function homesOf({ symbols }: ElfObject, sections: PlacedSections): Int8Array {
  const homes = new Int8Array(symbols.count);
  for (let i = 0; i < symbols.count; i++) {
    const kind = sections.kindOf(symbols.sectionAt(i)) ?? ELSEWHERE;
    homes[i] = kind !== ELSEWHERE && symbols.typeAt(i) === C.STT_GNU_IFUNC ? AT_STUB : kind;
  }
  return homes;
}

/** The branch goes to its own segment, and needs no change of instruction set. */
function staysInside(
  { symbols }: ElfObject,
  symbol: number,
  sections: PlacedSections,
  segment: SegmentKind,
  { branch }: RelocationRule,
  { indirectStub }: LinkArch,
): boolean {
  const kind = sections.kindOf(symbols.sectionAt(symbol));
  if (kind !== undefined && symbols.typeAt(symbol) === C.STT_GNU_IFUNC) {
    const changes = branch !== undefined && branch[indirectStub.set ?? 'arm'] === undefined;
    return segment === STUB_SEGMENT && !changes;
  }
  if (kind !== segment) return false;
  if (branch === undefined || symbols.typeAt(symbol) !== C.STT_FUNC) return true;
  return branch[(symbols.valueAt(symbol) & 1n) === 1n ? 'thumb' : 'arm'] !== undefined;
}

/** NaN declines: see src/arch/narrow.ts. */
function addendOf(
  table: ElfRelocations,
  i: number,
  { field, narrow }: RelocationRule,
  view: DataView,
): number | bigint {
  if (table.addends === 'in-record') {
    const addend = table.narrowAddendAt(i);
    return Number.isNaN(addend) ? table.addendAt(i) : addend;
  }
  const offset = table.offsetAt(i);
  const addend = narrow?.extract(view.getUint32(offset, true)) ?? Number.NaN;
  if (!Number.isNaN(addend)) return addend;
  return field.extract(readUnsigned(view, offset, field.bytes));
}

/**
 * The targets of branches, each once.  Thousands of calls of a few functions are
 * the rule, and nearly all have the addend of a plain call: a column for those.
 */
class Targets {
  readonly #symbols: number;
  readonly #kinds = new Map<VeneerKind, TargetsOfKind>();
  #last: { readonly kind: VeneerKind; readonly targets: TargetsOfKind } | undefined;

  /** `symbols`: how many there are. */
  constructor(symbols: number) {
    this.#symbols = symbols;
  }

  has(kind: VeneerKind, symbol: number, addend: number | bigint): boolean {
    const { plainAddend, plain, others } = this.#of(kind);
    if (addend === plainAddend) return plain[symbol] === 1;
    return others.get(addend)?.has(symbol) === true;
  }

  add(kind: VeneerKind, symbol: number, addend: number | bigint): void {
    const { plainAddend, plain, others } = this.#of(kind);
    if (addend === plainAddend) {
      plain[symbol] = 1;
      return;
    }
    const symbols = others.get(addend) ?? new Set();
    others.set(addend, symbols.add(symbol));
  }

  #of(kind: VeneerKind): TargetsOfKind {
    if (this.#last?.kind === kind) return this.#last.targets;
    const targets = this.#kinds.get(kind) ?? {
      plainAddend: Number(kind.neutral),
      plain: new Uint8Array(this.#symbols),
      others: new Map<number | bigint, Set<number>>(),
    };
    this.#kinds.set(kind, targets);
    this.#last = { kind, targets };
    return targets;
  }
}

interface TargetsOfKind {
  readonly plainAddend: number;
  /** By symbol, 1: with that addend. */
  readonly plain: Uint8Array;
  /** Symbols by addend. */
  readonly others: Map<number | bigint, Set<number>>;
}

/** A branch that does not reach its target. */
export interface Branch {
  readonly rule: RelocationRule;
  readonly symbol: ResolvedSymbol;
  readonly symbolName: string;
  /** A */
  readonly addend: bigint;
  /** The section, as it is in memory, and the place in it. */
  readonly section: Uint8Array;
  readonly offset: number;
  readonly segment: number;
}

/** What the branch goes to instead: relocate it with these for S, A and the set. */
export interface Redirected {
  readonly S: Addr;
  readonly A: bigint;
  readonly set: InstructionSet | undefined;
}

/** The veneers of one link. */
export class VeneerPool {
  readonly emitted: LinkedVeneer[] = [];
  readonly #veneers: Veneers | undefined;
  readonly #layout: Layout;
  readonly #bases: readonly Addr[];
  readonly #images: readonly Uint8Array[];
  readonly #shared = new Map<string, Addr>();
  /** By segment: slots that are taken. */
  readonly #taken = new Map<number, number>();

  constructor(
    { arch, layout, bases }: { arch: LinkArch; layout: Layout; bases: readonly Addr[] },
    images: readonly Uint8Array[],
  ) {
    this.#veneers = arch.veneers;
    this.#layout = layout;
    this.#bases = bases;
    this.#images = images;
  }

  /** How many there is room for. */
  get reserved(): number {
    return this.#layout.veneers.reduce((sum, { slots }) => sum + slots, 0);
  }

  /** A veneer for the branch; undefined: it can have none. */
  redirect(branch: Branch): Redirected | undefined {
    const { rule, symbol, segment } = branch;
    const kind = this.#veneers?.kinds.get(rule.type);
    if (kind === undefined) return undefined;
    if (this.#veneers?.isBranch?.(branch.section, branch.offset) === false) return undefined;
    const thumb = symbol.set === 'thumb' ? 1n : 0n;
    const target = plus(symbol.value, Number(branch.addend - kind.neutral)) | thumb;
    const key = `${segment} ${kind.name} ${target}`;
    const S = this.#shared.get(key) ?? this.#emit(kind, branch, target);
    if (S === undefined) return undefined;
    this.#shared.set(key, S);
    return { S, A: kind.neutral, set: kind.set };
  }

  #emit(kind: VeneerKind, { segment, symbolName }: Branch, target: bigint): Addr | undefined {
    const at = this.take(segment);
    if (at === undefined) return undefined;
    const { name, set, code } = kind;
    const veneer = { target, kind: name, symbol: symbolName, set, code: code(target, at) };
    this.put(segment, at, veneer);
    return at;
  }

  /** Takes a slot at the end of the segment; undefined: none was reserved. */
  take(segment: number): Addr | undefined {
    const space = this.#layout.veneers.find((each) => each.segment === segment);
    const taken = this.#taken.get(segment) ?? 0;
    const base = this.#bases[segment];
    if (this.#veneers === undefined || space === undefined || base === undefined) return undefined;
    if (taken === space.slots) return undefined;
    this.#taken.set(segment, taken + 1);
    return plus(base, space.offset + taken * this.#veneers.bytes);
  }

  /** Writes the code of a slot that was taken. */
  put(
    segment: number,
    address: Addr,
    { code, ...veneer }: Omit<LinkedVeneer, 'address' | 'segment'> & { code: readonly number[] },
  ): void {
    const image = this.#images[segment];
    const base = this.#bases[segment];
    const plan = this.#layout.segments[segment];
    assert(image !== undefined && base !== undefined && plan !== undefined, 'a slot in a segment');
    assert(code.length <= (this.#veneers?.bytes ?? 0), 'a veneer fits into its slot');
    image.set(code, Number(address - base));
    this.emitted.push({ ...veneer, address, segment: plan.kind });
  }
}
