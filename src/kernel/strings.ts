// Texts in guest memory.

import { type Addr, plus } from '../base/address.ts';
import type { Memory } from '../machine/memory.ts';

/** A C string of the guest's; empty when there is none. */
export function readString(memory: Memory, address: Addr, limit = 128): string {
  const bytes: number[] = [];
  while (bytes.length < limit) {
    const byte = memory.read(plus(address, bytes.length), 1)?.[0] ?? 0;
    if (byte === 0) break;
    bytes.push(byte);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
