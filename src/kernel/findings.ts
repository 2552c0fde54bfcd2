// What the guest kernel noticed of modules: things left behind when one went, and
// things that are wrong but stopped nobody.

import { type Addr, addr } from '../base/address.ts';
import type { Memory } from '../machine/memory.ts';
import { readString } from './strings.ts';
import { symboliseReturn, type Where } from './symbols.ts';
import * as wire from './wire.ts';

/** What a module had not given back when it went. */
export interface Leaks {
  /** Blocks of the heap. */
  readonly blocks: number;
  readonly bytes: number;
  /** Blocks, and what was registered; of many, the first. */
  readonly records: readonly LeakRecord[];
}

export interface LeakRecord {
  /** 'block', or what was registered: 'pci driver'. */
  readonly kind: string;
  /** Of what was registered, if it has one. */
  readonly name: string;
  /** Of a block. */
  readonly bytes: number;
  readonly address: Addr;
  /** The call that made it. */
  readonly by: Where | undefined;
}

/** Something that is wrong but stopped nobody. */
export interface Finding {
  /** 'warning', 'oops' or 'missing-symbol' in a timer or thread, and what checks add. */
  readonly kind: string;
  readonly text: string;
  /** The call that showed it. */
  readonly by: Where | undefined;
  /** What it is about; 0: nothing in particular. */
  readonly address: Addr;
}

export const noLeaks: Leaks = { blocks: 0, bytes: 0, records: [] };

type Symbolise = (address: Addr) => Where;

/** Reads `count` struct wire_leak at an address. */
export function readLeaks(
  memory: Memory,
  at: Addr,
  count: number,
  symbolise: Symbolise,
): readonly LeakRecord[] {
  const { bytes, fields } = wire.leak;
  const view = viewAt(memory, at, count * bytes);
  if (view === undefined) return [];
  return Array.from({ length: count }, (_, i) => {
    const kind = addr(wire.get64(view, i * bytes, fields.kind_va));
    return {
      kind: kind === 0n ? 'block' : readString(memory, kind),
      name: wire.getText(view, i * bytes, fields.name),
      bytes: Number(wire.get64(view, i * bytes, fields.bytes)),
      address: addr(wire.get64(view, i * bytes, fields.address)),
      by: callBefore(addr(wire.get64(view, i * bytes, fields.caller_va)), symbolise),
    };
  });
}

/** Reads struct wire_findings, and clears it. */
export function takeFindings(memory: Memory, at: Addr, symbolise: Symbolise): readonly Finding[] {
  const view = viewAt(memory, at, wire.findings.bytes);
  const count = view === undefined ? 0 : wire.get32(view, 0, wire.findings.fields.count);
  if (view === undefined || count === 0) return [];
  const { bytes, fields } = wire.finding;
  const listed = Math.min(count, wire.FINDINGS);
  const found = Array.from({ length: listed }, (_, i) => {
    const base = wire.FINDINGS_AT + i * bytes;
    return {
      kind: readString(memory, addr(wire.get64(view, base, fields.kind_va))),
      text: wire.getText(view, base, fields.text),
      by: callBefore(addr(wire.get64(view, base, fields.caller_va)), symbolise),
      address: addr(wire.get64(view, base, fields.address)),
    };
  });
  memory.write(at, new Uint8Array(4));
  if (count === listed) return found;
  const more = `and ${count - listed} more, for which there was no room`;
  return [...found, { kind: 'more', text: more, by: undefined, address: addr(0) }];
}

/** A call returns behind itself, and may be the last of its function. */
function callBefore(returnAddress: Addr, symbolise: Symbolise): Where | undefined {
  return returnAddress === 0n ? undefined : symboliseReturn(returnAddress, symbolise);
}

function viewAt(memory: Memory, at: Addr, bytes: number): DataView | undefined {
  const read = memory.read(at, bytes);
  return read && new DataView(read.buffer, read.byteOffset, read.length);
}
