// What a call calls, told by the relocation of its instruction: a call has four bytes
// that say where to on every architecture, and they are the last before the address
// that it returns to.

import type { Addr } from '../base/address.ts';
import { type Placed, sectionAddress } from '../linker/resolve.ts';

const CALL_FIELD = 4;

/**
 * @param returnAddress of the call
 * @returns the symbol's name; undefined: no relocation is there, as in indirect calls
 */
export function calleeBefore(
  { object, layout, bases }: Placed,
  returnAddress: bigint,
): string | undefined {
  for (const table of object.relocations) {
    const start: Addr | undefined = sectionAddress(layout, bases, table.target.index);
    if (start === undefined) continue;
    const offset = returnAddress - BigInt(CALL_FIELD) - start;
    if (offset < 0n || offset >= BigInt(table.target.size)) continue;
    for (let i = 0; i < table.count; i++)
      if (table.offsetAt(i) === Number(offset)) return object.symbols.nameAt(table.symbolAt(i));
  }
  return undefined;
}
