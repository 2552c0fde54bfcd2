// armv7's short-descriptor tables (ARM ARM section B3.5): 1 MiB sections and
// 4 KiB small pages, AP[2:0] without the access-flag model, XN.

import { type Addr, addr, phys } from '../../base/address.ts';
import type { MappedPage, ReadPhysical, Translation } from '../arch.ts';
import type { Cpu, SystemRegister } from '../cpu.ts';

const p15 = (crn: number, op1: number, crm: number, op2: number): SystemRegister => ({
  op0: 15,
  op1,
  crn,
  crm,
  op2,
});
const SCTLR = p15(1, 0, 0, 0);
const TTBR0 = p15(2, 0, 0, 0);
const TTBR1 = p15(2, 0, 0, 1);
const TTBCR = p15(2, 0, 0, 2);

const SECTION_XN = 1n << 4n;
const SECTION_AP2 = 1n << 15n;
const SUPERSECTION = 1n << 18n;
const PAGE_XN = 1n;
const PAGE_AP2 = 1n << 9n;

/** The first-level descriptor of an address. */
function firstLevel(cpu: Cpu, read: ReadPhysical, address: bigint): bigint | undefined {
  const n = cpu.readSystem(TTBCR) & 7n;
  const upper = n > 0n && address >> (32n - n) !== 0n;
  const size = upper ? 14n : 14n - n;
  const base = cpu.readSystem(upper ? TTBR1 : TTBR0) & (0xffff_ffffn << size) & 0xffff_ffffn;
  return read(phys(base | ((address >> 20n) << 2n)), 4);
}

export function translate(cpu: Cpu, read: ReadPhysical, address: Addr): Translation | undefined {
  if (address > 0xffff_ffffn) return undefined;
  if ((cpu.readSystem(SCTLR) & 1n) === 0n)
    return { physical: phys(address), writable: true, executable: true };
  const first = firstLevel(cpu, read, address);
  if (first === undefined) return undefined;
  if ((first & 3n) >= 2n)
    return (first & SUPERSECTION) !== 0n
      ? undefined
      : {
          physical: phys((first & 0xfff0_0000n) | (address & 0xf_ffffn)),
          writable: (first & SECTION_AP2) === 0n,
          executable: (first & SECTION_XN) === 0n,
        };
  if ((first & 3n) !== 1n) return undefined;
  const second = read(phys((first & 0xffff_fc00n) | (((address >> 12n) & 0xffn) << 2n)), 4);
  if (second === undefined || (second & 2n) === 0n) return undefined;
  return {
    physical: phys((second & 0xffff_f000n) | (address & 0xfffn)),
    writable: (second & PAGE_AP2) === 0n,
    executable: (second & PAGE_XN) === 0n,
  };
}

export function* mapped(cpu: Cpu, read: ReadPhysical): Iterable<MappedPage> {
  if ((cpu.readSystem(SCTLR) & 1n) === 0n) return;
  for (let section = 0n; section < 4096n; section++) {
    const base = section << 20n;
    const first = firstLevel(cpu, read, base);
    if (first === undefined || (first & 3n) === 0n) continue;
    if ((first & 3n) !== 1n) {
      const found = translate(cpu, read, addr(base));
      if (found !== undefined) yield { address: addr(base), bytes: 1 << 20, ...found };
      continue;
    }
    for (let page = base; page < base + (1n << 20n); page += 4096n) {
      const found = translate(cpu, read, addr(page));
      if (found !== undefined) yield { address: addr(page), bytes: 4096, ...found };
    }
  }
}
