// ORC tables made by hand, an entry for each way to find the caller's stack pointer.

import { expect, test } from 'vitest';
import { Orc } from './orc.ts';
import { bytesOf } from './pieces.ts';

const TABLE = 0x1000n;
const RSP = 7;
const RBP = 6;

interface Entry {
  readonly address: bigint;
  readonly sp: number;
  readonly bp?: number;
  /** ORC_REG_* */
  readonly spRegister: number;
  readonly bpRegister?: number;
  readonly type?: number;
}

function orcOf(...entries: readonly Entry[]): Orc {
  const addresses = new DataView(new ArrayBuffer(entries.length * 4));
  const rows = new DataView(new ArrayBuffer(entries.length * 6));
  entries.forEach(({ address, sp, bp = 0, spRegister, bpRegister = 0, type = 0 }, i) => {
    addresses.setInt32(i * 4, Number(address - TABLE) - i * 4, true);
    rows.setInt16(i * 6, sp, true);
    rows.setInt16(i * 6 + 2, bp, true);
    rows.setUint8(i * 6 + 4, spRegister | (bpRegister << 4));
    rows.setUint8(i * 6 + 5, type);
  });
  return new Orc({
    addresses: { address: TABLE, bytes: new Uint8Array(addresses.buffer) },
    entries: new Uint8Array(rows.buffer),
  });
}

/** Every register holds 0x100 times its number, every word of memory its address. */
const frameAt = (pc: bigint) => ({
  pc,
  register: (number: number) => BigInt(number * 0x100),
  memory: (address: bigint, bytes: number) => bytesOf(address, bytes),
});

test.for([
  ['the stack pointer', 5, 0x708n],
  ['the frame pointer', 4, 0x608n],
  ['rdx', 2, 0x100n],
  ['rdi', 3, 0x500n],
  ['r10', 6, 0xa00n],
  ['r13', 7, 0xd00n],
  ['what the frame pointer points to', 8, 0x608n],
  ['what the stack pointer points to', 9, 0x708n],
] as const)('the stack is found by %s', ([, spRegister, sp]) => {
  const done = orcOf({ address: 0x2000n, sp: 8, spRegister }).unwind(frameAt(0x2004n));
  expect(done?.cfa).toBe(sp);
  expect(done?.returnAddress).toBe(sp - 8n);
  expect(done?.register(RSP)).toBe(sp);
});

test('entries hold from their address to the next, whatever their order', () => {
  const orc = orcOf(
    { address: 0x2010n, sp: 16, spRegister: 5 },
    { address: 0x2000n, sp: 8, spRegister: 5 },
  );
  const cfas = [0x1fffn, 0x2000n, 0x200fn, 0x2010n].map((pc) => orc.unwind(frameAt(pc))?.cfa);
  expect(cfas).toEqual([undefined, 0x708n, 0x708n, 0x710n]);
});

test('the frame pointer is where it was saved, or has not changed', () => {
  const saved = orcOf({ address: 0x2000n, sp: 16, bp: -16, spRegister: 5, bpRegister: 1 });
  const kept = orcOf({ address: 0x2000n, sp: 16, spRegister: 5 });
  expect(saved.unwind(frameAt(0x2000n))?.register(RBP)).toBe(0x700n);
  expect(kept.unwind(frameAt(0x2000n))?.register(RBP)).toBe(0x600n);
});

test.for([
  ['an entry without a register', { address: 0x2000n, sp: 0, spRegister: 0 }],
  ['an entry of an interrupt', { address: 0x2000n, sp: 8, spRegister: 5, type: 1 }],
] as const)('%s tells nothing', ([, entry]) => {
  expect(orcOf(entry).unwind(frameAt(0x2000n))).toBeUndefined();
});
