// Rules for loops over all relocations, where asking a map each time shows.

import type { LinkArch } from '../arch/link-arch.ts';
import type { RelocationRule } from '../arch/relocation.ts';

type Rules = readonly (RelocationRule | undefined)[];

const known = new WeakMap<LinkArch['relocations'], Rules>();

/** By type; made once for each architecture. */
export function rulesByType({ relocations }: Pick<LinkArch, 'relocations'>): Rules {
  const before = known.get(relocations);
  if (before !== undefined) return before;
  const length = Math.max(0, ...relocations.keys()) + 1;
  const rules = Array.from({ length }, (_, type) => relocations.get(type));
  known.set(relocations, rules);
  return rules;
}
