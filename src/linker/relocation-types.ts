// Rules for loops over all relocations, where asking a map each time shows.  Some
// relocations are for linkers and some for loaders: a relocatable object has none that
// a linker makes, a shared one none that asks for a global offset table.

import type { LinkArch } from '../arch/link-arch.ts';
import type { RelocationRule } from '../arch/relocation.ts';
import { unsupportedRelocation } from '../arch/relocation-names.ts';
import type { ElfFileType } from '../object/elf/model.ts';

type Rules = readonly (RelocationRule | undefined)[];

const known = new WeakMap<LinkArch['relocations'], Map<ElfFileType, Rules>>();

/** By type; made once for each architecture and type of file. */
export function rulesFor(
  { relocations }: Pick<LinkArch, 'relocations'>,
  fileType: ElfFileType,
): Rules {
  const before = known.get(relocations) ?? new Map<ElfFileType, Rules>();
  known.set(relocations, before);
  const made = before.get(fileType) ?? rulesOf(relocations, fileType);
  before.set(fileType, made);
  return made;
}

function rulesOf(relocations: LinkArch['relocations'], fileType: ElfFileType): Rules {
  const length = Math.max(0, ...relocations.keys()) + 1;
  const other = fileType === 'shared' ? 'got' : 'dynamic';
  return Array.from({ length }, (_, type) => {
    const rule = relocations.get(type);
    return rule?.[other] === undefined ? rule : undefined;
  });
}

/** Why a file of this type cannot have relocations of a type that has no rule there. */
export function reasonAgainst(
  { relocations, elfMachine }: Pick<LinkArch, 'relocations' | 'elfMachine'>,
  fileType: ElfFileType,
  type: number,
): string | undefined {
  const reason = unsupportedRelocation(elfMachine, type)?.reason;
  if (fileType !== 'shared' || !relocations.has(type)) return reason;
  return 'asks for a global offset table, which the linker of a shared object has made';
}
