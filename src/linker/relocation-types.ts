// Rules for loops over all relocations, where asking a map each time shows.

import type { LinkArch } from '../arch/link-arch.ts';
import type { RelocationRule } from '../arch/relocation.ts';

/** By type. */
export function rulesByType({
  relocations,
}: Pick<LinkArch, 'relocations'>): readonly (RelocationRule | undefined)[] {
  const length = Math.max(0, ...relocations.keys()) + 1;
  return Array.from({ length }, (_, type) => relocations.get(type));
}
