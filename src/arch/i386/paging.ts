// i386's two-level page tables without PAE (Intel SDM volume 3, section 4.3):
// 4 KiB pages and 4 MiB large pages.  There is no bit against execution.

import { type Addr, addr, phys } from '../../base/address.ts';
import type { MappedPage, ReadPhysical, Translation } from '../arch.ts';
import type { Cpu } from '../cpu.ts';

const PRESENT = 1n;
const WRITABLE = 2n;
const LARGE = 0x80n;
const CR0_PG = 1n << 31n;

export function translate(cpu: Cpu, read: ReadPhysical, address: Addr): Translation | undefined {
  if (address > 0xffff_ffffn) return undefined;
  if ((cpu.read('cr0') & CR0_PG) === 0n)
    return { physical: phys(address), writable: true, executable: true };
  const directory = cpu.read('cr3') & 0xffff_f000n;
  const pde = read(phys(directory + (address >> 22n) * 4n), 4);
  if (pde === undefined || (pde & PRESENT) === 0n) return undefined;
  if ((pde & LARGE) !== 0n)
    return {
      physical: phys((pde & 0xffc0_0000n) | (address & 0x3f_ffffn)),
      writable: (pde & WRITABLE) !== 0n,
      executable: true,
    };
  const pte = read(phys((pde & 0xffff_f000n) + ((address >> 12n) & 0x3ffn) * 4n), 4);
  if (pte === undefined || (pte & PRESENT) === 0n) return undefined;
  return {
    physical: phys((pte & 0xffff_f000n) | (address & 0xfffn)),
    writable: (pde & pte & WRITABLE) !== 0n,
    executable: true,
  };
}

export function* mapped(cpu: Cpu, read: ReadPhysical): Iterable<MappedPage> {
  if ((cpu.read('cr0') & CR0_PG) === 0n) return;
  const directory = cpu.read('cr3') & 0xffff_f000n;
  for (let i = 0n; i < 1024n; i++) {
    const pde = read(phys(directory + i * 4n), 4);
    if (pde === undefined || (pde & PRESENT) === 0n) continue;
    if ((pde & LARGE) !== 0n) {
      const physical = phys(pde & 0xffc0_0000n);
      const writable = (pde & WRITABLE) !== 0n;
      yield { address: addr(i << 22n), bytes: 1 << 22, physical, writable, executable: true };
      continue;
    }
    for (let j = 0n; j < 1024n; j++) {
      const pte = read(phys((pde & 0xffff_f000n) + j * 4n), 4);
      if (pte === undefined || (pte & PRESENT) === 0n) continue;
      const physical = phys(pte & 0xffff_f000n);
      const writable = (pde & pte & WRITABLE) !== 0n;
      yield {
        address: addr((i << 22n) | (j << 12n)),
        bytes: 4096,
        physical,
        writable,
        executable: true,
      };
    }
  }
}
