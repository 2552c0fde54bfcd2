// Sets of relocation types that are asked once for every relocation.

import type { LinkArch } from '../arch/link-arch.ts';
import type { RelocationRule } from '../arch/relocation.ts';

/** By type: 1 where there is a rule of which `holds` is true; else 0 or undefined. */
export function typesWhere(
  { relocations }: Pick<LinkArch, 'relocations'>,
  holds: (rule: RelocationRule) => boolean,
): Uint8Array {
  const types = new Uint8Array(Math.max(0, ...relocations.keys()) + 1);
  for (const rule of relocations.values()) if (holds(rule)) types[rule.type] = 1;
  return types;
}
