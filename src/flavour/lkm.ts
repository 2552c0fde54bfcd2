// Loadable kernel modules of NetBSD before 5.0, described.  They have one entry
// point, NAME_lkmentry or xxxinit, which is called to load, unload and ask.
// sys/sys/lkm.h of NetBSD 4

import type { ElfObject } from '../object/elf/model.ts';
import { definedSymbols } from './symbol-search.ts';

export interface LkmModule {
  readonly flavour: 'lkm';
  readonly name: string | undefined;
  /** The function's name. */
  readonly entry: string;
}

const SUFFIX = '_lkmentry';
/** What modload(8) looked for first. */
const FIXED = 'xxxinit';

export function describeLkm(object: ElfObject): LkmModule | undefined {
  const isEntry = (name: string): boolean => name === FIXED || name.endsWith(SUFFIX);
  for (const { name: entry, isFunction } of definedSymbols(object, isEntry)) {
    if (!isFunction) continue;
    const name = entry === FIXED ? undefined : entry.slice(0, -SUFFIX.length);
    return { flavour: 'lkm', name, entry };
  }
  return undefined;
}
