// Areas: memory that the kernel hands out at once.  A segment of a relocatable object
// is an area of its own, for its sections are wherever the linker puts them; those of
// a shared object were linked at distances that must stay, so one area has them all.

import { type Addr, plus } from '../base/address.ts';
import { assert } from '../base/result.ts';
import type { Layout, SegmentPlan } from './layout.ts';

/** What the area of segment `i` has room for; segment `i` must begin it. */
export function areaBytes(segments: readonly SegmentPlan[], i: number): number {
  return segments.reduce(
    (most, { area, offset, bytes }) => (area === i ? Math.max(most, offset + bytes) : most),
    0,
  );
}

/** A base for each segment, with one call of `allocate` for each area. */
export function placeAreas(
  { segments }: Pick<Layout, 'segments'>,
  allocate: (bytes: number, align: number) => Addr,
): readonly Addr[] {
  const bases: Addr[] = [];
  segments.forEach(({ area, offset, align }, i) => {
    const start = area === i ? allocate(areaBytes(segments, i), align) : bases[area];
    assert(start !== undefined, 'an area begins before its other segments');
    bases.push(plus(start, offset));
  });
  return bases;
}
