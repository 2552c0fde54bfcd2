// amd64's four-level page tables (Intel SDM volume 3, section 4.5): 4 KiB pages,
// 2 MiB and 1 GiB large pages, execute-disable.

import { type Addr, phys } from '../../base/address.ts';
import type { ReadPhysical, Translation } from '../arch.ts';
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
