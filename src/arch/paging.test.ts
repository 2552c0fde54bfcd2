// The page table walks, with tables built here: page sizes, permissions, what is
// not mapped, and what is no address at all.

import { describe, expect, test } from 'vitest';
import { FakeCpu } from '../../test/support/fake-cpu.ts';
import { addr, phys } from '../base/address.ts';
import type { ArchName, Translation } from './arch.ts';
import { archNames } from './arch.ts';
import { architectures } from './registry.ts';

const ROOT = 0x10_0000;

interface Row {
  readonly what: string;
  readonly address: bigint;
  /** Table words by physical address. */
  readonly words: readonly (readonly [number, bigint])[];
  readonly expected: Translation | undefined;
}

const to = (physical: number, rights: 'rwx' | 'rw' | 'rx' | 'r'): Translation => ({
  physical: phys(physical),
  writable: rights.includes('w'),
  executable: rights.includes('x'),
});

const NX = 1n << 63n;
/** amd64: 0xffffffff80201234 has the indices 511, 510, 1, 1. */
const long = (pml4: bigint, pdpt: bigint, pd: bigint, pt: bigint): Row['words'] => [
  [ROOT + 511 * 8, 0x11_0000n | pml4],
  [0x11_0000 + 510 * 8, 0x12_0000n | pdpt],
  [0x12_0000 + 8, 0x13_0000n | pd],
  [0x13_0000 + 8, 0x45_6000n | pt],
];
const high = 0xffff_ffff_8020_1234n;

const PXN = 1n << 53n;
const AF = 1n << 10n;
const READ_ONLY = 1n << 7n;
/** aarch64: 0xffff800008201234 has the indices 256, 0, 65, 1. */
const stage1 = (l2: bigint, l3: bigint): Row['words'] => [
  [ROOT + 256 * 8, 0x11_0003n],
  [0x11_0000, 0x12_0003n],
  [0x12_0000 + 65 * 8, l2],
  [0x13_0000 + 8, l3],
];
const upper = 0xffff_8000_0820_1234n;

const rows: Readonly<Record<ArchName, readonly Row[]>> = {
  i386: [
    {
      what: 'a page',
      address: 0xc040_1234n,
      words: [
        [ROOT + 769 * 4, 0x11_0003n],
        [0x11_0004, 0x45_6003n],
      ],
      expected: to(0x45_6234, 'rwx'),
    },
    {
      what: 'a read-only page',
      address: 0xc040_1234n,
      words: [
        [ROOT + 769 * 4, 0x11_0003n],
        [0x11_0004, 0x45_6001n],
      ],
      expected: to(0x45_6234, 'rx'),
    },
    {
      what: 'a page in a read-only table',
      address: 0xc040_1234n,
      words: [
        [ROOT + 769 * 4, 0x11_0001n],
        [0x11_0004, 0x45_6003n],
      ],
      expected: to(0x45_6234, 'rx'),
    },
    {
      what: 'a large page',
      address: 0xc041_2345n,
      words: [[ROOT + 769 * 4, 0x80_0083n]],
      expected: to(0x81_2345, 'rwx'),
    },
    {
      what: 'a read-only large page',
      address: 0xc041_2345n,
      words: [[ROOT + 769 * 4, 0x80_0081n]],
      expected: to(0x81_2345, 'rx'),
    },
    {
      what: 'no table',
      address: 0xc040_1234n,
      words: [[ROOT + 769 * 4, 0x11_0002n]],
      expected: undefined,
    },
    {
      what: 'no page',
      address: 0xc040_1234n,
      words: [
        [ROOT + 769 * 4, 0x11_0003n],
        [0x11_0004, 0x45_6002n],
      ],
      expected: undefined,
    },
    {
      what: 'a table outside RAM',
      address: 0xc040_1234n,
      words: [[ROOT + 769 * 4, 0x7000_0003n]],
      expected: undefined,
    },
    {
      what: 'an address beyond 32 bits',
      address: 0x1_0000_0000n,
      words: [[ROOT, 0x83n]],
      expected: undefined,
    },
  ],
  amd64: [
    { what: 'a page', address: high, words: long(3n, 3n, 3n, 3n), expected: to(0x45_6234, 'rwx') },
    {
      what: 'a read-only page',
      address: high,
      words: long(3n, 3n, 3n, 1n),
      expected: to(0x45_6234, 'rx'),
    },
    {
      what: 'a page of data',
      address: high,
      words: long(3n, 3n, 3n, 3n | NX),
      expected: to(0x45_6234, 'rw'),
    },
    {
      what: 'a page in a read-only table',
      address: high,
      words: long(3n, 1n, 3n, 3n),
      expected: to(0x45_6234, 'rx'),
    },
    {
      what: 'a page in a table of data',
      address: high,
      words: long(3n, 3n | NX, 3n, 3n),
      expected: to(0x45_6234, 'rw'),
    },
    {
      what: 'a large page of 2 MiB',
      address: high,
      words: [...long(3n, 3n, 3n, 3n).slice(0, 2), [0x12_0000 + 8, 0x60_0083n]],
      expected: to(0x60_1234, 'rwx'),
    },
    {
      what: 'a large page of 1 GiB',
      address: high,
      words: [...long(3n, 3n, 3n, 3n).slice(0, 1), [0x11_0000 + 510 * 8, 0x4000_0083n]],
      expected: to(0x4020_1234, 'rwx'),
    },
    { what: 'no page', address: high, words: long(3n, 3n, 3n, 2n), expected: undefined },
    { what: 'no table', address: high, words: long(3n, 3n, 2n, 3n), expected: undefined },
    {
      what: 'a non-canonical address',
      address: 0x0000_ffff_8020_1234n,
      words: long(3n, 3n, 3n, 3n),
      expected: undefined,
    },
    {
      what: 'the first non-canonical address',
      address: 0x0000_8000_0000_0000n,
      words: [[ROOT + 256 * 8, 0x11_0003n]],
      expected: undefined,
    },
    {
      what: 'the last non-canonical address',
      address: 0xffff_7fff_ffff_ffffn,
      words: long(3n, 3n, 3n, 3n),
      expected: undefined,
    },
  ],
  armv7: [
    {
      what: 'a section',
      address: 0xc012_3456n,
      words: [[ROOT + 0xc01 * 4, 0x4560_0402n]],
      expected: to(0x4562_3456, 'rwx'),
    },
    {
      what: 'a read-only section',
      address: 0xc012_3456n,
      words: [[ROOT + 0xc01 * 4, 0x4560_8402n]],
      expected: to(0x4562_3456, 'rx'),
    },
    {
      what: 'a section of data',
      address: 0xc012_3456n,
      words: [[ROOT + 0xc01 * 4, 0x4560_0412n]],
      expected: to(0x4562_3456, 'rw'),
    },
    {
      what: 'a page',
      address: 0xbf02_3456n,
      words: [
        [ROOT + 0xbf0 * 4, 0x11_0401n],
        [0x11_0400 + 0x23 * 4, 0x4567_8012n],
      ],
      expected: to(0x4567_8456, 'rwx'),
    },
    {
      what: 'a read-only page',
      address: 0xbf02_3456n,
      words: [
        [ROOT + 0xbf0 * 4, 0x11_0401n],
        [0x11_0400 + 0x23 * 4, 0x4567_8212n],
      ],
      expected: to(0x4567_8456, 'rx'),
    },
    {
      what: 'a page of data',
      address: 0xbf02_3456n,
      words: [
        [ROOT + 0xbf0 * 4, 0x11_0401n],
        [0x11_0400 + 0x23 * 4, 0x4567_8013n],
      ],
      expected: to(0x4567_8456, 'rw'),
    },
    {
      what: 'a read-only page of data',
      address: 0xbf02_3456n,
      words: [
        [ROOT + 0xbf0 * 4, 0x11_0401n],
        [0x11_0400 + 0x23 * 4, 0x4567_8213n],
      ],
      expected: to(0x4567_8456, 'r'),
    },
    {
      what: 'no section',
      address: 0xc012_3456n,
      words: [[ROOT + 0xc01 * 4, 0x4560_0400n]],
      expected: undefined,
    },
    {
      what: 'no page',
      address: 0xbf02_3456n,
      words: [[ROOT + 0xbf0 * 4, 0x11_0401n]],
      expected: undefined,
    },
    {
      what: 'a large page, which we do not have',
      address: 0xbf02_3456n,
      words: [
        [ROOT + 0xbf0 * 4, 0x11_0401n],
        [0x11_0400 + 0x23 * 4, 0x4567_8011n],
      ],
      expected: undefined,
    },
    {
      what: 'a supersection, which we do not have',
      address: 0xc012_3456n,
      words: [[ROOT + 0xc01 * 4, 0x4564_0402n]],
      expected: undefined,
    },
    {
      what: 'an address beyond 32 bits',
      address: 0x1_c012_3456n,
      words: [[ROOT + 0xc01 * 4, 0x4560_0402n]],
      expected: undefined,
    },
  ],
  aarch64: [
    {
      what: 'a page',
      address: upper,
      words: stage1(0x13_0003n, 0x45_6003n | AF),
      expected: to(0x45_6234, 'rwx'),
    },
    {
      what: 'a read-only page',
      address: upper,
      words: stage1(0x13_0003n, 0x45_6003n | AF | READ_ONLY),
      expected: to(0x45_6234, 'rx'),
    },
    {
      what: 'a page of data',
      address: upper,
      words: stage1(0x13_0003n, 0x45_6003n | AF | PXN),
      expected: to(0x45_6234, 'rw'),
    },
    {
      what: 'a block of 2 MiB',
      address: upper,
      words: stage1(0x60_0001n | AF, 0n),
      expected: to(0x60_1234, 'rwx'),
    },
    {
      what: 'a read-only block of data',
      address: upper,
      words: stage1(0x60_0001n | AF | READ_ONLY | PXN, 0n),
      expected: to(0x60_1234, 'r'),
    },
    {
      what: 'no page',
      address: upper,
      words: stage1(0x13_0003n, 0x45_6002n | AF),
      expected: undefined,
    },
    {
      what: 'a block where only pages can be',
      address: upper,
      words: stage1(0x13_0003n, 0x45_6001n | AF),
      expected: undefined,
    },
    {
      what: 'no table',
      address: upper,
      words: stage1(0x13_0002n, 0x45_6003n | AF),
      expected: undefined,
    },
    {
      what: 'an address in neither half',
      address: 0x0001_8000_0820_1234n,
      words: stage1(0x13_0003n, 0x45_6003n | AF),
      expected: undefined,
    },
    {
      what: 'an address below the upper half',
      address: 0xfffe_8000_0820_1234n,
      words: stage1(0x13_0003n, 0x45_6003n | AF),
      expected: undefined,
    },
  ],
};

/** A CPU whose tables begin at ROOT, with translation on or off. */
function cpuOf(name: ArchName, on: boolean): FakeCpu {
  const cpu = new FakeCpu({ cr0: on ? 0x8000_0001n : 1n, cr3: BigInt(ROOT) });
  const system = (op0: number, crn: number, crm: number, op2: number, value: bigint): void =>
    cpu.writeSystem({ op0, op1: 0, crn, crm, op2 }, value);
  if (name === 'armv7') {
    system(15, 1, 0, 0, on ? 1n : 0n); // SCTLR
    system(15, 2, 0, 0, BigInt(ROOT)); // TTBR0
  }
  if (name === 'aarch64') {
    system(3, 1, 0, 0, on ? 1n : 0n); // SCTLR_EL1
    system(3, 2, 0, 1, BigInt(ROOT)); // TTBR1_EL1
    system(3, 2, 0, 2, (16n << 16n) | 16n); // TCR_EL1: 48 bits each
  }
  return cpu;
}

describe.each(archNames)('%s', (name) => {
  const arch = architectures[name];
  const reader = (words: Row['words']) => {
    const table = new Map(words);
    // RAM ends at 32 MiB; what no row sets is zero.
    return (at: number): bigint | undefined => (at < 32 << 20 ? (table.get(at) ?? 0n) : undefined);
  };

  test.for(rows[name])('$what', ({ address, words, expected }) => {
    expect(arch.translate(cpuOf(name, true), reader(words), addr(address))).toEqual(expected);
  });

  test('without translation an address is physical', () => {
    const at = addr(0x12_3456);
    expect(arch.translate(cpuOf(name, false), reader([]), at)).toEqual(to(0x12_3456, 'rwx'));
  });

  test('empty tables map nothing', () => {
    for (const at of [0n, 0x1000n, 0xffff_f000n, arch.map.kernelBase, arch.map.modulesStart])
      expect(arch.translate(cpuOf(name, true), reader([]), addr(at))).toBeUndefined();
  });
});
