// Names for veneers: "foo@veneer", so that a backtrace through one and a link map say
// whom it stands for.

import type { LinkArch } from '../arch/link-arch.ts';
import * as C from '../object/elf/constants.ts';
import type { LinkedSymbol } from './linked-symbols.ts';
import type { LinkedVeneer } from './veneers.ts';

/** What reports call the section that veneers are in. */
const VENEER_SECTION = '(veneers)';

/** The way around an erratum stands for nobody and has no name. */
export function veneerSymbols(
  { veneers }: LinkArch,
  emitted: readonly LinkedVeneer[],
): readonly LinkedSymbol[] {
  const symbols: LinkedSymbol[] = [];
  for (const { address, symbol, set } of emitted) {
    if (symbol === undefined) continue;
    symbols.push({
      name: `${symbol}@veneer`,
      address,
      size: veneers?.bytes ?? 0,
      section: VENEER_SECTION,
      binding: C.STB_LOCAL,
      type: C.STT_FUNC,
      thumb: set === 'thumb',
    });
  }
  return symbols;
}
