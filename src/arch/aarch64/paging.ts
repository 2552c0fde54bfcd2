// aarch64's translation tables at EL1, 4 KiB granule (ARM ARM section D8.2):
// TTBR0_EL1 for the lower half, TTBR1_EL1 for the upper, blocks of 2 MiB and
// 1 GiB, read-only by AP[2], PXN.

import { type Addr, addr, phys } from '../../base/address.ts';
import type { MappedPage, ReadPhysical, Translation } from '../arch.ts';
import type { Cpu, SystemRegister } from '../cpu.ts';

const SCTLR_EL1: SystemRegister = { op0: 3, op1: 0, crn: 1, crm: 0, op2: 0 };
const TTBR0_EL1: SystemRegister = { op0: 3, op1: 0, crn: 2, crm: 0, op2: 0 };
const TTBR1_EL1: SystemRegister = { op0: 3, op1: 0, crn: 2, crm: 0, op2: 1 };
const TCR_EL1: SystemRegister = { op0: 3, op1: 0, crn: 2, crm: 0, op2: 2 };

const VALID = 1n;
const TABLE = 2n;
const READ_ONLY = 1n << 7n;
const PXN = 1n << 53n;
const FRAME = 0x0000_ffff_ffff_f000n;

export function translate(cpu: Cpu, read: ReadPhysical, address: Addr): Translation | undefined {
  if ((cpu.readSystem(SCTLR_EL1) & 1n) === 0n)
    return { physical: phys(address), writable: true, executable: true };
  const upper = ((address >> 55n) & 1n) === 1n;
  const tcr = cpu.readSystem(TCR_EL1);
  const bits = 64n - ((upper ? tcr >> 16n : tcr) & 0x3fn);
  const high = address >> bits;
  if (high !== (upper ? (1n << (64n - bits)) - 1n : 0n)) return undefined;
  const levels = (bits - 12n + 8n) / 9n;
  let table = cpu.readSystem(upper ? TTBR1_EL1 : TTBR0_EL1) & FRAME;
  for (let level = levels - 1n; level >= 0n; level--) {
    const shift = 12n + 9n * level;
    const entry = read(phys(table + ((address >> shift) & 0x1ffn) * 8n), 8);
    if (entry === undefined || (entry & VALID) === 0n) return undefined;
    const isTable = (entry & TABLE) !== 0n;
    if (level === 0n ? !isTable : !isTable && level === 3n) return undefined;
    if (level === 0n || !isTable) {
      const offset = (1n << shift) - 1n;
      return {
        physical: phys((entry & FRAME & ~offset) | (address & offset)),
        writable: (entry & READ_ONLY) === 0n,
        executable: (entry & PXN) === 0n,
      };
    }
    table = entry & FRAME;
  }
  return undefined;
}

export function* mapped(cpu: Cpu, read: ReadPhysical): Iterable<MappedPage> {
  if ((cpu.readSystem(SCTLR_EL1) & 1n) === 0n) return;
  const tcr = cpu.readSystem(TCR_EL1);
  for (const [register, sizeAt] of [
    [TTBR0_EL1, 0n],
    [TTBR1_EL1, 16n],
  ] as const) {
    const bits = 64n - ((tcr >> sizeAt) & 0x3fn);
    const base = sizeAt === 0n ? 0n : BigInt.asUintN(64, -1n << bits);
    const level = (bits - 12n + 8n) / 9n - 1n;
    yield* mappedBelow({ table: cpu.readSystem(register) & FRAME, base, level, bits }, read);
  }
}

interface Table {
  readonly table: bigint;
  /** The address of its first entry's memory. */
  readonly base: bigint;
  /** 0: of pages. */
  readonly level: bigint;
  /** Of the addresses it is about. */
  readonly bits: bigint;
}

function* mappedBelow(
  { table, base, level, bits }: Table,
  read: ReadPhysical,
): Iterable<MappedPage> {
  const shift = 12n + 9n * level;
  for (let i = 0n; i < 1n << (bits - shift); i++) {
    const entry = read(phys(table + i * 8n), 8);
    if (entry === undefined || (entry & VALID) === 0n) continue;
    const start = base + (i << shift);
    const isTable = (entry & TABLE) !== 0n;
    if (level > 0n && isTable) {
      yield* mappedBelow(
        { table: entry & FRAME, base: start, level: level - 1n, bits: shift },
        read,
      );
    } else if (level < 3n && (level > 0n || isTable)) {
      const bytes = 2 ** Number(shift);
      yield {
        ...{ address: addr(start), bytes, writable: (entry & READ_ONLY) === 0n },
        physical: phys(entry & FRAME & ~(BigInt(bytes) - 1n)),
        executable: (entry & PXN) === 0n,
      };
    }
  }
}
