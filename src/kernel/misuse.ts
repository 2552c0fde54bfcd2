// Two kinds of oops that say what the memory was that a module misused: a block of
// the heap, as the guest's checks saw it, and memory of a module that is gone.

import { type Addr, addr } from '../base/address.ts';
import type { Memory } from '../machine/memory.ts';
import { readString } from './strings.ts';
import { formatWhere, nowhere, symboliseReturn, type Where } from './symbols.ts';
import * as wire from './wire.ts';

/** What was done to a block of the heap that must not be done. */
export interface HeapMisuse {
  /** KASAN's word: 'slab-out-of-bounds', 'slab-use-after-free', 'double-free', ... */
  readonly class: string;
  readonly use: 'read' | 'write' | 'call' | 'free';
  /** Of the access; undefined: not known. */
  readonly bytes: number | undefined;
  /** undefined: the address is in none. */
  readonly block: MisusedBlock | undefined;
  /** The module's code that did it, or that called the function that did. */
  readonly by: Where;
}

export interface MisusedBlock {
  readonly address: Addr;
  readonly bytes: number;
  /** The calls that made it, and that freed it if it is. */
  readonly allocated: Where | undefined;
  readonly freed: Where | undefined;
}

/** A use of memory that a module had, and nobody has any more. */
export interface FreedUse {
  /** 'memory of m, which is unloaded' or 'init memory of m, which is freed'. */
  readonly what: string;
  readonly use: 'call' | 'read' | 'write';
  /** What was there. */
  readonly target: Where;
  readonly by: Where;
}

interface Record {
  readonly memory: Memory;
  /** Of struct wire_oops. */
  readonly view: DataView;
  readonly use: 'call' | 'read' | 'write' | undefined;
  readonly address: Addr;
  /** Innermost first. */
  readonly backtrace: readonly Where[];
  /** Whether the first of them is where the CPU was, not where a call returns. */
  readonly hasPc: boolean;
  readonly locate: (address: Addr) => Where;
}

const { fields } = wire.oops;

export function readHeapMisuse(record: Record): HeapMisuse {
  const { memory, view, use, locate } = record;
  const word = (field: wire.Field): Addr => addr(wire.get64(view, 0, field));
  const call = (field: wire.Field): Where | undefined => {
    const at = word(field);
    return at === 0n ? undefined : symboliseReturn(at, locate);
  };
  const address = word(fields.block_va);
  const bytes = wire.get32(view, 0, fields.access_bytes);
  return {
    class: readString(memory, word(fields.text_va)),
    use: use ?? 'free',
    bytes: bytes === 0 ? undefined : bytes,
    block:
      address === 0n
        ? undefined
        : {
            address,
            bytes: Number(word(fields.block_bytes)),
            allocated: call(fields.allocated_va),
            freed: call(fields.freed_va),
          },
    by: culprit(record),
  };
}

export function readFreedUse(record: Record): FreedUse {
  const { memory, view, use, address, locate } = record;
  return {
    what: readString(memory, addr(wire.get64(view, 0, fields.text_va))),
    use: use ?? 'read',
    target: locate(address),
    by: culprit(record, use === 'call' ? 1 : 0),
  };
}

/** A module may have called a function of the kernel that faulted on its behalf. */
function culprit({ backtrace, address, hasPc, locate }: Record, from = 0): Where {
  const found = backtrace.findIndex(({ module }, i) => i >= from && module !== undefined);
  const at = backtrace[found < 0 ? from : found]?.address;
  if (at === undefined) return nowhere(address);
  return hasPc && found <= 0 ? locate(at) : symboliseReturn(at, locate);
}

/** "slab-out-of-bounds: write of 4 bytes, 3 bytes to the right of a 13-byte block ..." */
export function describeHeapMisuse(misuse: HeapMisuse, address: Addr): string {
  const { use, bytes, block, by } = misuse;
  const size = bytes === undefined ? '' : `${count(bytes)} at `;
  const what = `${misuse.class}: ${use} of ${size}0x${address.toString(16)}`;
  return `${what}${block === undefined ? '' : ` ${placeIn(block, address)}`}, by ${formatWhere(by)}`;
}

function placeIn({ address: start, bytes, allocated, freed }: MisusedBlock, address: Addr): string {
  const [offset, side] =
    address < start
      ? [Number(start - address), 'to the left']
      : address >= start + BigInt(bytes)
        ? [Number(address - start) - bytes, 'to the right']
        : [Number(address - start), 'inside'];
  const state = freed === undefined ? '' : 'freed ';
  const made = allocated === undefined ? '' : `, allocated by ${formatWhere(allocated)}`;
  const gone = freed === undefined ? '' : `, freed by ${formatWhere(freed)}`;
  return `(${count(offset)} ${side} of a ${state}${bytes}-byte block${made}${gone})`;
}

/** "call of freed text: f+0x0/0x20 [m], memory of m, which is unloaded, by g+0x4 [n]" */
export function describeFreedUse({ what, use, target, by }: FreedUse): string {
  return `${use} of ${formatWhere(target)} in ${what}, by ${formatWhere(by)}`;
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
