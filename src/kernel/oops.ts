// An oops: a fault that the guest kernel contained, as a value with names.  The
// guest has printed its own report on the console; this is the same record for
// programs.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr } from '../base/address.ts';
import type { Memory } from '../machine/memory.ts';
import {
  describeFreedUse,
  describeHeapMisuse,
  type FreedUse,
  type HeapMisuse,
  readFreedUse,
  readHeapMisuse,
} from './misuse.ts';
import { readString } from './strings.ts';
import { formatWhere, symboliseReturn, type Where } from './symbols.ts';
import * as wire from './wire.ts';

export interface Oops {
  readonly kind: wire.OopsKind;
  readonly where: Where;
  /** The module at the faulting instruction; undefined: the kernel itself. */
  readonly module: string | undefined;
  readonly thread: number;
  /** Of a page fault. */
  readonly access: 'read' | 'write' | 'exec' | undefined;
  readonly address: Addr;
  /** The use of a symbol that nobody has. */
  readonly missing: MissingUse | undefined;
  /** The misuse of a block of the heap, which only checks see. */
  readonly heap: HeapMisuse | undefined;
  /** The use of memory of a module that is gone. */
  readonly freed: FreedUse | undefined;
  /** The CPU's own word for it: error code or syndrome. */
  readonly code: bigint;
  readonly registers: Readonly<Record<string, bigint>>;
  /** Innermost first. */
  readonly backtrace: readonly Where[];
}

export interface MissingUse {
  readonly symbol: string;
  readonly use: 'call' | 'read' | 'write';
  /** Of a call: its first argument words, as far as it had so many. */
  readonly args: readonly bigint[];
  /** Who called, read or wrote. */
  readonly by: Where;
}

const sentences: Readonly<Record<wire.OopsKind, string>> = {
  'page-fault': 'page fault',
  undefined: 'undefined instruction',
  divide: 'divide error',
  breakpoint: 'breakpoint',
  svc: 'supervisor call',
  alignment: 'alignment fault',
  protection: 'protection fault',
  watchdog: 'watchdog: ran too long',
  panic: 'assertion failed',
  other: 'unexpected exception',
  'missing-symbol': 'missing symbol',
  heap: 'heap misuse',
  freed: 'use of freed memory',
};

export interface Symbolisers {
  readonly symbolise: (address: Addr) => Where;
  /** The same, with the source line: for the few that matter most. */
  readonly locate: (address: Addr) => Where;
}

/** Reads the record at `address`; undefined when it is not mapped. */
export function readOops(
  memory: Memory,
  arch: Arch,
  address: Addr,
  { symbolise, locate }: Symbolisers,
): Oops | undefined {
  const bytes = memory.read(address, wire.oops.bytes);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { fields } = wire.oops;
  const word = (field: wire.Field, index = 0): Addr => addr(wire.get64(view, 0, field, index));
  const named = wire.oopsKinds[wire.get32(view, 0, fields.kind)] ?? 'other';
  const regs = wire.get32(view, 0, fields.nregs);
  // Without registers there was no trap, and pc is where a call would return to.
  const atPc = regs > 0 ? symbolise : symboliseReturn;
  const atFrame = (at: Addr, i: number): Where =>
    i === 0 ? atPc(at, symbolise) : symboliseReturn(at, symbolise);
  const where = atPc(word(fields.pc), symbolise);
  const kind = named === 'none' ? 'other' : named;
  const access = accessOf(wire.get32(view, 0, fields.access));
  const count = Math.min(wire.get32(view, 0, fields.nframes), wire.OOPS_FRAMES);
  const registers: Record<string, bigint> = {};
  const known = Math.min(regs, arch.registers.length);
  for (let i = 0; i < known; i++) {
    const register = arch.registers[i];
    if (register !== undefined) registers[register.name] = word(fields.regs, i);
  }
  const backtrace = Array.from({ length: count }, (_, i) => atFrame(word(fields.frames, i), i));
  const args = Array.from({ length: wire.OOPS_ARGS }, (_, i) => word(fields.args, i));
  const symbol = readString(memory, word(fields.missing_va));
  // Who called what is not there is the second frame.
  const by = (access === 'exec' ? backtrace[1] : undefined) ?? where;
  const use = access === 'exec' ? 'call' : (access ?? 'read');
  const accessed = word(fields.address);
  const record = { memory, view, address: accessed, backtrace, hasPc: regs > 0, locate };
  const heap = kind === 'heap' ? readHeapMisuse({ ...record, use: access && use }) : undefined;
  const freed = kind === 'freed' ? readFreedUse({ ...record, use }) : undefined;
  return {
    kind,
    where,
    module: (heap?.by ?? freed?.by ?? by).module,
    thread: wire.get32(view, 0, fields.thread),
    access,
    address: accessed,
    missing: kind === 'missing-symbol' ? { symbol, use, args, by } : undefined,
    heap,
    freed,
    code: word(fields.code),
    registers,
    backtrace,
  };
}

function accessOf(bits: number): Oops['access'] {
  if ((bits & wire.ACCESS.exec) !== 0) return 'exec';
  if ((bits & wire.ACCESS.write) !== 0) return 'write';
  return (bits & wire.ACCESS.read) !== 0 ? 'read' : undefined;
}

/** "page fault: read of 0x18 at f+0x4/0x8 [m]" */
export function describeOops(oops: Oops): string {
  if (oops.missing !== undefined) return describeMissing(oops.missing);
  if (oops.heap !== undefined) return describeHeapMisuse(oops.heap, oops.address);
  if (oops.freed !== undefined) return describeFreedUse(oops.freed);
  const access =
    oops.kind === 'page-fault' && oops.access !== undefined
      ? `: ${oops.access} of 0x${oops.address.toString(16)}`
      : '';
  return `${sentences[oops.kind]}${access} at ${formatWhere(oops.where)}`;
}

function describeMissing({ symbol, use, args, by }: MissingUse): string {
  const words = args.map((word) => `0x${word.toString(16)}`).join(', ');
  const what = use === 'call' ? `${symbol}(${words}, ...)` : symbol;
  return `missing symbol: ${use} of ${what} at ${formatWhere(by)}`;
}
