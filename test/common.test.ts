// A module compiled with -fcommon, in the guest: its variables are there, zero and
// aligned, and known by name.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import { SHN_COMMON } from '../src/object/elf/constants.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { buildModule } from './support/build-module.ts';
import { bootTest } from './support/guest.ts';

const source = `
int counter;
long long table[100] __attribute__((aligned(64)));
int bump(int by) { return counter += by; }
int misplaced(void) { return (int)((unsigned long)table % 64); }
int sum(void) { int s = 0; for (int i = 0; i < 100; i++) s += (int)table[i]; return s; }
`;

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  let module: Module;
  beforeAll(async () => {
    kernel = await bootTest(arch);
    const file = buildModule(arch, 'common', { source, flags: ['-fcommon'] });
    const read = readElf(file.bytes);
    if (!read.ok) throw new Error('it does not read');
    const { symbols } = read.value;
    const indexes = Array.from({ length: symbols.count }, (_, i) => symbols.sectionAt(i));
    expect(indexes.filter((index) => index === SHN_COMMON)).toHaveLength(2);
    module = unwrap(kernel.load(file));
  });
  afterAll(() => kernel.close());

  const call = (symbol: string, ...args: number[]): bigint => {
    const result = module.call(symbol, ...args);
    if (result.kind !== 'returned') throw new Error(`${symbol}: ${result.kind}`);
    return BigInt.asIntN(32, result.value);
  };

  test('its common variables begin as 0 and keep what they are given', () => {
    expect([call('sum'), call('bump', 40), call('bump', 2)]).toEqual([0n, 40n, 42n]);
  });

  test('and lie where their alignment says', () => {
    expect(call('misplaced')).toBe(0n);
  });

  test('and have names and sizes', () => {
    expect(module.view.symbols.byName('table')).toMatchObject({ name: 'table', size: 800 });
    expect(module.view.symbols.byName('counter')).toMatchObject({ size: 4 });
  });
});
