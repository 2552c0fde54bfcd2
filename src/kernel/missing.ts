// Symbols that a module uses and nobody has.  A module may be loaded without them:
// each gets a place of its own where nothing is mapped, so that the first use of one
// is a fault, and the fault's address says which it was.

import { type Addr, plus } from '../base/address.ts';
import { SHN_UNDEF, STB_WEAK } from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import type { Where } from './symbols.ts';
import type { ModuleView } from './view.ts';
import { MISSING_STRIDE } from './wire.ts';

/**
 * What becomes of symbols that a Linux module uses and nobody has: it is refused
 * (the default), or each use of one is a fault of the module that names it.
 */
export type MissingSymbols = 'refuse' | 'trap';

/** How many symbols an object wants that the kernel does not export; other modules may. */
export function countUnknown({ symbols }: ElfObject, exports: ReadonlyMap<string, Addr>): number {
  let count = 0;
  for (let i = 1; i < symbols.count; i++)
    if (
      symbols.sectionAt(i) === SHN_UNDEF &&
      symbols.bindingAt(i) !== STB_WEAK &&
      !exports.has(symbols.nameAt(i))
    )
      count++;
  return count;
}

/** Gives symbols a place each, in the order in which they are asked for. */
export class MissingPlaces {
  readonly all = new Map<string, Addr>();
  readonly #first: Addr;

  /** @param first where the guest has reserved room, as the manifest asked for */
  constructor(first: Addr) {
    this.#first = first;
  }

  at(name: string): Addr {
    const place = this.all.get(name) ?? plus(this.#first, this.all.size * MISSING_STRIDE);
    this.all.set(name, place);
    return place;
  }
}

/** The symbol that an address stands for, in any of the modules. */
export function missingAt(
  address: Addr,
  modules: readonly Pick<ModuleView, 'missing'>[],
): Where | undefined {
  for (const { missing } of modules)
    for (const [symbol, at] of missing)
      if (address >= at && address < plus(at, MISSING_STRIDE))
        return { address, symbol, offset: Number(address - at), size: 0, module: undefined };
  return undefined;
}
