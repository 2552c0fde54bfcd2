// amd64's four-level page tables (Intel SDM volume 3, section 4.5): 4 KiB pages,
// 2 MiB and 1 GiB large pages, execute-disable.

import { type Addr, addr, phys } from '../../base/address.ts';
import type { MappedPage, ReadPhysical, Translation } from '../arch.ts';
import type { Cpu } from '../cpu.ts';

const PRESENT = 1n;
const WRITABLE = 2n;
const LARGE = 0x80n;
const NX = 1n << 63n;
const FRAME = 0x000f_ffff_ffff_f000n;
const CR0_PG = 1n << 31n;

export function translate(cpu: Cpu, read: ReadPhysical, address: Addr): Translation | undefined {
  if ((cpu.read('cr0') & CR0_PG) === 0n)
    return { physical: phys(address), writable: true, executable: true };
  if (BigInt.asUintN(64, BigInt.asIntN(48, address)) !== address) return undefined;
  let table = cpu.read('cr3') & FRAME;
  let writable = true;
  let executable = true;
  for (let shift = 39n; shift >= 12n; shift -= 9n) {
    const entry = read(phys(table + ((address >> shift) & 0x1ffn) * 8n), 8);
    if (entry === undefined || (entry & PRESENT) === 0n) return undefined;
    writable &&= (entry & WRITABLE) !== 0n;
    executable &&= (entry & NX) === 0n;
    if (shift === 12n || (shift < 39n && (entry & LARGE) !== 0n)) {
      const offset = (1n << shift) - 1n;
      return {
        physical: phys((entry & FRAME & ~offset) | (address & offset)),
        writable,
        executable,
      };
    }
    table = entry & FRAME;
  }
  return undefined;
}

export function* mapped(cpu: Cpu, read: ReadPhysical): Iterable<MappedPage> {
  if ((cpu.read('cr0') & CR0_PG) === 0n) return;
  const whole = { table: cpu.read('cr3') & FRAME, base: 0n, writable: true, executable: true };
  yield* mappedBelow(whole, 39n, read);
}

interface Table {
  readonly table: bigint;
  /** The address of its first entry's memory. */
  readonly base: bigint;
  /** By the tables above. */
  readonly writable: boolean;
  readonly executable: boolean;
}

function* mappedBelow(above: Table, shift: bigint, read: ReadPhysical): Iterable<MappedPage> {
  for (let i = 0n; i < 512n; i++) {
    const entry = read(phys(above.table + i * 8n), 8);
    if (entry === undefined || (entry & PRESENT) === 0n) continue;
    const base = above.base | (i << shift);
    const writable = above.writable && (entry & WRITABLE) !== 0n;
    const executable = above.executable && (entry & NX) === 0n;
    if (shift === 12n || (shift < 39n && (entry & LARGE) !== 0n)) {
      const bytes = 2 ** Number(shift);
      const physical = phys(entry & FRAME & ~(BigInt(bytes) - 1n));
      const address = addr(BigInt.asIntN(48, base));
      yield { address, bytes, physical, writable, executable };
    } else {
      yield* mappedBelow({ table: entry & FRAME, base, writable, executable }, shift - 9n, read);
    }
  }
}
