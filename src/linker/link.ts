// The linker: from a checked object and the addresses the kernel chose to the
// bytes that go there.  The list of passes is link(); nothing outside the images
// it returns is changed, so a failure leaves no trace.

import { type Addr, plus } from '../base/address.ts';
import { assert, type Result, refuse, succeed } from '../base/result.ts';
import { type FunctionRun, functionRuns } from './constructors.ts';
import { avoidErrata } from './errata.ts';
import { fillGot, gotAddress } from './got.ts';
import { type LinkedIfunc, writeStubs } from './ifuncs.ts';
import { type Layout, type LayoutOptions, planLayout } from './layout.ts';
import { type LinkedSymbol, linkedSymbols } from './linked-symbols.ts';
import type { LinkProblem } from './problems.ts';
import { loadSegments, relocate } from './relocate.ts';
import {
  type FoundSymbol,
  findSets,
  type Provider,
  type ResolveRequest,
  resolveSymbols,
  sectionAddress,
  type WantedVersion,
} from './resolve.ts';
import type { SegmentKind } from './segments.ts';
import { veneerSymbols } from './veneer-symbols.ts';
import { type LinkedVeneer, VeneerPool } from './veneers.ts';

export type {
  FoundSymbol,
  FunctionRun,
  Layout,
  LayoutOptions,
  LinkedSymbol,
  LinkedVeneer,
  Provider,
  WantedVersion,
};
export { planLayout };

export type LinkRequest = ResolveRequest;

export interface LinkedSegment {
  readonly kind: SegmentKind;
  readonly base: Addr;
  readonly bytes: Uint8Array;
}

export interface LinkedSet {
  /** The section's name: link_set_modules. */
  readonly name: string;
  readonly start: Addr;
  readonly stop: Addr;
}

export interface LinkedImage {
  readonly segments: readonly LinkedSegment[];
  readonly symbols: readonly LinkedSymbol[];
  /** The linker sets of NetBSD (link_set_*) and FreeBSD (set_*). */
  readonly sets: readonly LinkedSet[];
  /** In the order of their calls: before init, and after fini. */
  readonly constructors: readonly FunctionRun[];
  readonly destructors: readonly FunctionRun[];
  /** Indirect functions, to be chosen before the first constructor. */
  readonly ifuncs: readonly LinkedIfunc[];
  /** Who defines the symbols that were looked up. */
  readonly providers: readonly Provider[];
  readonly relocations: number;
  /** The global offset table; undefined: nothing asked for one. */
  readonly got: { readonly address: Addr; readonly bytes: number } | undefined;
  readonly veneers: {
    /** There was room for so many. */
    readonly reserved: number;
    readonly reservedBytes: number;
    readonly emitted: readonly LinkedVeneer[];
  };
  /** Where the first section of this name begins. */
  readonly sectionAddress: (name: string) => Addr | undefined;
}

export function link(request: LinkRequest): Result<LinkedImage, LinkProblem> {
  checkBases(request);

  // Every symbol that is used has a value, or there is a problem that says why.
  const resolution = resolveSymbols(request);

  // The segments hold what the file holds.
  const images = loadSegments(request.object, request.layout);

  // Every slot of the global offset table holds its symbol's address.
  fillGot(request, resolution, images);

  // Indirect functions have stubs, which go where the kernel's choice will lead them.
  const ifuncs = writeStubs(request, images);

  // Every word and instruction that depends on an address is right, or reported;
  // branches that do not reach go through veneers.
  const veneers = new VeneerPool(request, images);
  const relocated = relocate(request, resolution, veneers, images);

  const problems = [...resolution.problems, ...relocated.problems];
  if (problems.length > 0) return refuse(problems);

  // No instruction stands where the CPU would get it wrong.
  avoidErrata(request, veneers, images);

  // Thousands of names, made when somebody wants them.
  let symbols: readonly LinkedSymbol[] | undefined;
  return succeed({
    segments: segmentsOf(request, images),
    get symbols() {
      symbols ??= [
        ...linkedSymbols(request, resolution),
        ...veneerSymbols(request.arch, veneers.emitted),
      ];
      return symbols;
    },
    sets: setsOf(request),
    constructors: functionRuns(request, 'constructors'),
    destructors: functionRuns(request, 'destructors'),
    ifuncs: [...ifuncs, ...relocated.ifuncs],
    providers: [...resolution.providers],
    relocations: relocated.count,
    got: gotOf(request),
    veneers: {
      reserved: veneers.reserved,
      reservedBytes: veneers.reserved * (request.arch.veneers?.bytes ?? 0),
      emitted: veneers.emitted,
    },
    sectionAddress: (name) => {
      const section = request.object.sections.find((each) => each.name === name);
      return section && sectionAddress(request.layout, request.bases, section.index);
    },
  });
}

function checkBases({ layout, bases }: LinkRequest): void {
  assert(bases.length === layout.segments.length, 'one base for each segment');
  layout.segments.forEach((segment, i) => {
    const base = bases[i];
    assert(
      base !== undefined && base % BigInt(segment.align) === BigInt(segment.offset % segment.align),
      `base of segment ${i} is a multiple of ${segment.align}`,
    );
    assert(
      base === plus(bases[segment.area] ?? base, segment.offset),
      `segment ${i} is where its area has it`,
    );
  });
}

function gotOf({ layout, bases }: LinkRequest): LinkedImage['got'] {
  const address = gotAddress(layout, bases);
  if (address === undefined || layout.got === undefined) return undefined;
  return { address, bytes: layout.got.slots.bytes };
}

function segmentsOf(
  { layout, bases }: LinkRequest,
  images: readonly Uint8Array[],
): readonly LinkedSegment[] {
  return layout.segments.map(({ kind, bytes: size }, i) => {
    const base = bases[i];
    const bytes = images[i];
    assert(base !== undefined && bytes !== undefined, 'a base and an image for each segment');
    // That of one which begins an area has the whole area.
    return { kind, base, bytes: bytes.subarray(0, size) };
  });
}

function setsOf(request: LinkRequest): readonly LinkedSet[] {
  return [...findSets(request)]
    .filter(([name]) => /^(link_)?set_/.test(name))
    .map(([name, bounds]) => ({ name, ...bounds }));
}
