// Guest memory by virtual address: across pages that lie apart, all or nothing.

import { describe, expect, test } from 'vitest';
import { FakeCpu } from '../../test/support/fake-cpu.ts';
import type { Arch } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { addr, phys } from '../base/address.ts';
import { Memory } from './memory.ts';

const PAGE = 4096n;
const BASE = 0xffff_8000_0000_0000n;

/** Virtual pages 0, 1 and 3 at physical pages 5, 2 and 7; page 1 is read-only. */
const places: Readonly<Record<string, number>> = { 0: 5, 1: 2, 3: 7, 4: 0x10_0000 };

function newMemory(): Memory {
  const arch: Arch = {
    ...architectures.aarch64,
    translate: (_cpu, _read, address) => {
      const place = places[String((address - BASE) / PAGE)];
      if (address < BASE || place === undefined) return undefined;
      const physical = phys(0x4000_0000 + place * 4096 + Number(address % PAGE));
      return { physical, writable: place !== 2, executable: true };
    },
  };
  return new Memory(arch, new FakeCpu(), new Uint8Array(16 * 4096));
}

const at = (offset: number) => addr(BASE + BigInt(offset));
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('memory', () => {
  test('a write across a page boundary goes to both places', () => {
    const memory = newMemory();
    expect(memory.write(at(4094), bytes(1, 2, 3, 4))).toBe(true);
    expect([...memory.ram.subarray(5 * 4096 + 4094, 6 * 4096)]).toEqual([1, 2]);
    expect([...memory.ram.subarray(2 * 4096, 2 * 4096 + 2)]).toEqual([3, 4]);
    expect([...(memory.read(at(4094), 4) ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test.for([
    ['into a page that is not mapped', 2 * 4096 - 2],
    ['before the first page', -2],
    ['into a page outside RAM', 4 * 4096 - 2],
  ] as const)('a write %s writes nothing', ([, offset]) => {
    const memory = newMemory();
    expect(memory.write(at(offset), bytes(1, 2, 3, 4))).toBe(false);
    expect(memory.ram.every((byte) => byte === 0)).toBe(true);
    expect(memory.read(at(offset), 4)).toBeUndefined();
    expect(memory.covers(at(offset), 4)).toBe(false);
  });

  test('the host writes read-only pages, the CPU does not', () => {
    const memory = newMemory();
    expect(memory.write(at(4096), bytes(7))).toBe(true);
    expect(memory.writeWord(at(4096), 4, 9n)).toBe(false);
    expect(memory.readWord(at(4096), 1)).toBe(7n);
  });

  test.for([4, 8] as const)('words of %i bytes keep their low bits', (width) => {
    const memory = newMemory();
    expect(memory.writeWord(at(16), width, -2n)).toBe(true);
    expect(memory.readWord(at(16), width)).toBe(BigInt.asUintN(width * 8, -2n));
    expect(memory.readWord(at(16 + width), 1)).toBe(0n);
  });

  test.for([0, 1, 4096, 8192])('%i bytes are covered', (length) => {
    expect(newMemory().covers(at(0), length)).toBe(true);
  });

  test('one byte more than is mapped is not covered', () => {
    expect(newMemory().covers(at(0), 8193)).toBe(false);
  });

  test('a string ends at its NUL, at the limit, or nowhere', () => {
    const memory = newMemory();
    memory.write(at(4090), new TextEncoder().encode('across pages'));
    expect(memory.readString(at(4090))).toBe('across pages');
    expect(memory.readString(at(4090), 6)).toBe('across');
    memory.write(at(8188), bytes(65, 66, 67, 68));
    expect(memory.readString(at(8188))).toBeUndefined();
    expect(memory.readString(at(8192))).toBeUndefined();
  });

  test.for([
    [0x4000_0000, 0],
    [0x4000_fff8, 0xfff8],
    [0x4000_fff9, undefined],
    [0x3fff_ffff, undefined],
  ] as const)('eight bytes at physical 0x%x are at offset %s', ([physical, offset]) => {
    expect(newMemory().offset(phys(physical), 8)).toBe(offset);
  });
});
