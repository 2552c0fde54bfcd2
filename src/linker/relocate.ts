// Relocates: one loop for every architecture.  The rule says what to compute and
// which field takes it; the range and alignment checks stand here, so no row of
// a table can forget them.  A branch that does not fit is given to the veneers.
// Nearly all relocations are done in numbers, see narrow.ts.
// The letters are the psABI's, see src/arch/relocation.ts.

import type { LinkArch } from '../arch/link-arch.ts';
import type { Field, InstructionSet, RelocationRule } from '../arch/relocation.ts';
import { type Addr, addr } from '../base/address.ts';
import { readUnsigned, viewOf, writeUnsigned } from '../base/bytes.ts';
import { assert } from '../base/result.ts';
import * as C from '../object/elf/constants.ts';
import { contentOf, type ElfObject, type ElfRelocations } from '../object/elf/model.ts';
import { areaBytes } from './areas.ts';
import { gotAddress } from './got.ts';
import type { LinkedIfunc } from './ifuncs.ts';
import type { Layout } from './layout.ts';
import { NarrowPass, narrowAddress, narrowValues } from './narrow.ts';
import { type LinkProblem, ProblemList } from './problems.ts';
import { reasonAgainst, rulesFor } from './relocation-types.ts';
import { loadBias, placeOf, type Resolution, sectionAddress } from './resolve.ts';
import type { Branch, VeneerPool } from './veneers.ts';

export interface RelocateRequest {
  readonly object: ElfObject;
  readonly arch: LinkArch;
  readonly layout: Layout;
  readonly bases: readonly Addr[];
}

export interface Relocated {
  /** How many relocations were looked at, R_*_NONE included. */
  readonly count: number;
  /** Words of a shared object that its own resolvers are to fill. */
  readonly ifuncs: readonly LinkedIfunc[];
  readonly problems: readonly LinkProblem[];
}

/**
 * The bytes of each segment before relocation; gaps and NOBITS are zero.  The image of
 * one that begins an area has the whole area, and the others are parts of it.
 */
export function loadSegments(object: ElfObject, layout: Layout): readonly Uint8Array[] {
  const images: Uint8Array[] = [];
  layout.segments.forEach(({ area, offset, bytes }, i) => {
    const whole = area === i ? new Uint8Array(areaBytes(layout.segments, i)) : images[area];
    assert(whole !== undefined, 'an area begins before its other segments');
    images.push(area === i ? whole : whole.subarray(offset, offset + bytes));
  });
  for (const section of object.sections) {
    const placement = layout.placements[section.index];
    if (placement === undefined || !section.loads) continue;
    images[placement.segment]?.set(contentOf(object, section), placement.offset);
  }
  return images;
}

/** More than this many problems tell nobody more. */
const problemLimit = 100;

/** Applies every relocation of loaded sections to `images`. */
export function relocate(
  request: RelocateRequest,
  resolution: Resolution,
  veneers: VeneerPool,
  images: readonly Uint8Array[],
): Relocated {
  const problems = new ProblemList(problemLimit);
  let count = 0;
  const ifuncs: LinkedIfunc[] = [];
  const narrow = new NarrowPass(narrowValues(request, resolution));
  const report = (problem: LinkProblem): void => problems.add(problem);
  for (const table of request.object.relocations) {
    const placement = request.layout.placements[table.target.index];
    const P = sectionAddress(request.layout, request.bases, table.target.index);
    if (placement === undefined || P === undefined || table.count === 0) continue;
    const image = images[placement.segment];
    assert(image !== undefined, 'a placed section has a segment');
    const bytes = image.subarray(placement.offset, placement.offset + table.target.size);
    relocateSection(request, resolution, veneers, narrow, table, bytes, P, ifuncs, report);
    count += table.count;
  }
  return { count, ifuncs, problems: problems.all() };
}

function relocateSection(
  request: RelocateRequest,
  resolution: Resolution,
  veneers: VeneerPool,
  narrow: NarrowPass,
  table: ElfRelocations,
  section: Uint8Array,
  base: Addr,
  ifuncs: LinkedIfunc[],
  report: (problem: LinkProblem) => void,
): void {
  const { object, arch } = request;
  const view = viewOf(section);
  const got = request.layout.got?.slots;
  const GOT = gotAddress(request.layout, request.bases) ?? 0n;
  const B = loadBias(request);
  const inRecord = table.addends === 'in-record';
  const narrowBase = narrowAddress(base);
  const skip = (first: number): number => narrow.run(table, first, rules, view, narrowBase);
  const operands = { S: 0n, A: 0n, P: 0n, T: 0n, GOT, G: 0n, B, M: 0 };
  const rules = rulesFor(arch, object.type);
  for (let i = skip(0); i < table.count; i = skip(i + 1)) {
    const type = table.typeAt(i);
    const rule = rules[type];
    if (rule === undefined) {
      report(unknown(object, arch, table, i));
      continue;
    }
    if (rule.field.bytes === 0) continue;
    const symbol = resolution.of(table.symbolAt(i));
    if (symbol === undefined) {
      reportUnloaded(request, table, i, report);
      continue;
    }
    const offset = table.offsetAt(i);
    if (offset + rule.field.bytes > view.byteLength) {
      const place = placeOf(object, arch, table, i);
      const { bytes } = rule.field;
      report({ kind: 'outside-section', place, bytes, sectionBytes: view.byteLength });
      continue;
    }
    const raw = readUnsigned(view, offset, rule.field.bytes);
    let value: bigint;
    if (symbol.absent && rule.absent !== undefined) {
      value = rule.absent;
    } else {
      operands.S = symbol.value;
      operands.A = inRecord ? table.addendAt(i) : rule.field.extract(raw);
      operands.P = base + BigInt(offset);
      operands.T = symbol.set === 'thumb' ? 1n : 0n;
      if (rule.got !== undefined)
        operands.G = BigInt(got?.offsetOf(rule.got, table.symbolAt(i), table.addendAt(i)) ?? 0);
      if (rule.afterModRM) operands.M = offset > 0 ? view.getUint8(offset - 1) : 0;
      value = rule.value(operands);
      if (rule.dynamic === 'resolver') {
        const resolver = rule.field.insert(raw, value);
        ifuncs.push({ resolver, slot: addr(operands.P) });
      }
    }
    const field = fieldFor(rule, symbol.set);
    if (field !== undefined && fits(field, value)) {
      writeUnsigned(view, offset, field.bytes, field.insert(raw, value));
      continue;
    }
    const { segment } = request.layout.placements[table.target.index] ?? { segment: 0 };
    const place = placeOf(object, arch, table, i);
    const addend = operands.A;
    const branch = { rule, symbol, symbolName: place.symbol, addend, section, offset, segment };
    const via = viaVeneer(branch, veneers, operands.P);
    if (via !== undefined && fits(via.field, via.value))
      writeUnsigned(view, offset, rule.field.bytes, via.field.insert(raw, via.value));
    else if (via?.field.range !== undefined)
      report({ kind: 'veneer-out-of-range', place, value: via.value, ...via.field.range });
    else if (field !== undefined) report(misfit(object, arch, table, i, rule, field, value));
    else report(needsVeneer(object, arch, table, i, symbol.set === 'thumb' ? 'thumb' : 'arm'));
  }
}

/** undefined: the instruction cannot change to that set. */
function fieldFor(rule: RelocationRule, set: InstructionSet | undefined): Field | undefined {
  return set === undefined || rule.branch === undefined ? rule.field : rule.branch[set];
}

/** What goes into the field to branch to a veneer; undefined: there is none. */
function viaVeneer(
  branch: Branch,
  veneers: VeneerPool,
  P: bigint,
): { readonly field: Field; readonly value: bigint } | undefined {
  const { rule } = branch;
  const to = veneers.redirect(branch);
  const field = to && fieldFor(rule, to.set);
  if (to === undefined || field === undefined) return undefined;
  const value = rule.value({ S: to.S, A: to.A, P, T: 0n, GOT: 0n, G: 0n, B: 0n, M: 0 });
  return { field, value };
}

function fits(field: Field, value: bigint): boolean {
  const { range, align } = field;
  if (range !== undefined && (value < range.min || value > range.max)) return false;
  if (align !== 1n && (value & (align - 1n)) !== 0n) return false;
  return field.holds === undefined || field.holds(value);
}

function misfit(
  object: ElfObject,
  arch: LinkArch,
  table: ElfRelocations,
  i: number,
  rule: RelocationRule,
  field: Field,
  value: bigint,
): LinkProblem {
  const place = placeOf(object, arch, table, i);
  const { formula } = rule;
  const { range, align } = field;
  if (range !== undefined && (value < range.min || value > range.max)) {
    const { min, max } = range;
    const over = value < min ? min - value : value - max;
    return { kind: 'out-of-range', place, formula, value, min, max, over };
  }
  if ((value & (align - 1n)) !== 0n) return { kind: 'misaligned', place, formula, value, align };
  return { kind: 'unencodable', place, formula, value };
}

function needsVeneer(
  object: ElfObject,
  arch: LinkArch,
  table: ElfRelocations,
  i: number,
  to: InstructionSet,
): LinkProblem {
  return { kind: 'needs-veneer', place: placeOf(object, arch, table, i), to };
}

function unknown(object: ElfObject, arch: LinkArch, table: ElfRelocations, i: number): LinkProblem {
  return {
    kind: 'unknown-relocation',
    place: placeOf(object, arch, table, i),
    arch: arch.name,
    reason: reasonAgainst(arch, object.type, table.typeAt(i)),
  };
}

const describesCode = new Set(['.eh_frame', '.gcc_except_table']);

/** Undefined, common and other strange symbols have been reported by name. */
function reportUnloaded(
  { object, arch, layout }: RelocateRequest,
  table: ElfRelocations,
  i: number,
  report: (problem: LinkProblem) => void,
): void {
  const section = object.sections[object.symbols.sectionAt(table.symbolAt(i))];
  if (section === undefined || section.index === C.SHN_UNDEF) return;
  if (layout.placements[section.index] !== undefined) return;
  const { name: symbolSection, discarded: signature } = section;
  // Tables that describe code know nothing of groups: what they say of a dropped
  // copy is dropped with it.
  if (signature !== undefined && describesCode.has(table.target.name)) return;
  // Without a copy that was kept a global symbol is undefined, which has been said.
  const isLocal = object.symbols.bindingAt(table.symbolAt(i)) === C.STB_LOCAL;
  if (signature !== undefined && !isLocal) return;
  const place = placeOf(object, arch, table, i);
  if (signature === undefined) report({ kind: 'unloaded-section', place, symbolSection });
  else report({ kind: 'discarded-section', place, symbolSection, signature });
}
