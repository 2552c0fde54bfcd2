// Works around errata of CPUs: instructions that go wrong at certain addresses
// within a page.  The layout finds those at such a place, which is why a segment
// that may have some is aligned to a page; once relocated they are rewritten, or
// lead to a veneer that does their work.

import type { LinkArch } from '../arch/link-arch.ts';
import { type Addr, plus } from '../base/address.ts';
import { viewOf } from '../base/bytes.ts';
import { assert } from '../base/result.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Layout, Spot } from './layout.ts';
import type { SegmentKind } from './segments.ts';
import type { VeneerPool } from './veneers.ts';

/** What the layout must mind. */
export interface FoundErrata {
  /** Kinds of segments that may have some, at a place that is known within a page. */
  readonly kinds: ReadonlySet<SegmentKind>;
  readonly page: number;
  /** The instructions at bad places. */
  readonly spots: readonly Spot[];
}

export function findErrata(
  object: ElfObject,
  arch: LinkArch,
  sections: { spotOf(section: number): Spot | undefined },
): FoundErrata {
  const kinds = new Set<SegmentKind>();
  const spots: Spot[] = [];
  const erratum = arch.veneers?.erratum;
  if (erratum === undefined) return { kinds, page: 1, spots };
  for (const table of object.relocations) {
    const section = sections.spotOf(table.target.index);
    if (section === undefined) continue;
    const { kind } = section;
    for (let i = 0; i < table.count; i++) {
      if (!erratum.types.has(table.typeAt(i))) continue;
      kinds.add(kind);
      const offset = section.offset + table.offsetAt(i);
      if (erratum.concerns(offset)) spots.push({ kind, offset });
    }
  }
  return { kinds, page: erratum.page, spots };
}

/** Makes the instructions at bad places harmless.  They have been relocated. */
export function avoidErrata(
  request: { readonly arch: LinkArch; readonly layout: Layout; readonly bases: readonly Addr[] },
  veneers: VeneerPool,
  images: readonly Uint8Array[],
): void {
  const erratum = request.arch.veneers?.erratum;
  if (erratum === undefined) return;
  for (const { segment, offset } of request.layout.errata) {
    const image = images[segment];
    const base = request.bases[segment];
    assert(image !== undefined && base !== undefined, 'an erratum lies in a segment');
    const view = viewOf(image);
    const P = plus(base, offset);
    const instruction = view.getUint32(offset, true);
    const same = erratum.rewrite(instruction, P);
    if (same !== undefined) {
      view.setUint32(offset, same, true);
      continue;
    }
    const at = veneers.take(segment);
    assert(at !== undefined, 'a veneer was reserved for each erratum');
    const { branch, code } = erratum.detour(instruction, P, at);
    veneers.put(segment, at, {
      symbol: undefined,
      set: undefined,
      target: plus(P, 4),
      kind: erratum.name,
      code,
    });
    view.setUint32(offset, branch, true);
  }
}
