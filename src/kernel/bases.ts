// The addresses that the guest kernel chose for the segments of an object, as LINK
// brings them.

import { type Addr, addr } from '../base/address.ts';
import type { Memory } from '../machine/memory.ts';
import * as wire from './wire.ts';

const { fields } = wire.command;

/**
 * One address for each of `count` segments; undefined: the command brings another
 * number, or points at no memory.
 *
 * @param at where the command block begins in `view`
 */
export function readBases(
  memory: Memory,
  view: DataView,
  at: number,
  count: number,
): readonly Addr[] | undefined {
  if (wire.get64(view, at, fields.buffer_bytes) !== BigInt(count * 8)) return undefined;
  if (count === 0) return [];
  const raw = memory.read(addr(wire.get64(view, at, fields.buffer_va)), count * 8);
  if (raw === undefined) return undefined;
  const words = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return Array.from({ length: count }, (_, i) => addr(words.getBigUint64(i * 8, true)));
}
