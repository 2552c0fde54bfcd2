// Checks on Linux modules: each planted mistake is found, with its function and
// its line; and Debian's own modules are not accused of anything.

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath } from '../src/host/assets.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import { bootTest, helloWorks } from './support/guest.ts';
import { marked, placeOf, plantedModule } from './support/planted.ts';

const place = (mark: string): string =>
  marked('planted_linux', `planted_${mark.replace(/^.*: /, '')}`, mark);

const stopped = [
  ['overflow', 'slab-out-of-bounds', 'write'],
  ['vmalloc', 'slab-use-after-free', 'read'],
  ['cache', 'double-free', 'free'],
] as const;

const noticed = [
  ['sleep', 'sleeping function called from invalid context: allocation, with spinlock'],
  ['unheld', 'bad unlock balance: mutex'],
  ['held', 'is still held when the call returns'],
  ['freed_lock', 'is held while its memory is freed'],
  ['order', 'possible circular locking: mutex'],
  ['freed_timer', 'is armed while its memory is freed'],
] as const;

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  let planted: Module;
  beforeAll(async () => {
    kernel = await bootTest(arch, { checks: true });
    planted = unwrap(kernel.load(plantedModule(arch, 'planted_linux')));
  });
  afterAll(() => kernel.close());

  test.for(stopped)('%s is stopped as %s', ([bug, kind, use]) => {
    const result = planted.call(`planted_${bug}`);
    if (result.kind !== 'fault') throw new Error(`it ${result.kind}`);
    expect(result.oops).toMatchObject({ kind: 'heap', heap: { class: kind, use } });
    expect(placeOf(result.oops.heap?.by)).toBe(place(`bug: ${bug}`));
    expect(helloWorks(kernel)).toBe(true);
  });

  test.for(noticed)('%s is noticed', ([bug, text]) => {
    kernel.takeFindings();
    expect(planted.call(`planted_${bug}`).kind).toBe('returned');
    const [found, ...more] = kernel.takeFindings();
    expect(more).toEqual([]);
    expect(found).toMatchObject({ kind: 'warning' });
    expect(found?.text).toContain(text);
    expect(placeOf(found?.by)).toBe(place(`bug: ${bug}`));
  });

  test('what is allowed is not told of', () => {
    kernel.takeFindings();
    expect(planted.call('planted_clean')).toMatchObject({ kind: 'returned' });
    expect(kernel.takeFindings()).toEqual([]);
  });
});

const modules = ['crc7', 'crc-itu-t', 'crc16', 'libarc4', 'cordic'] as const;

describe.each(archNames)('%s, Debian', (arch) => {
  const path = (name: string): string => debianPath(process.env, arch, name);
  const absent = modules.some((name) => !existsSync(path(name)));

  test.skipIf(absent)('modules are not accused of anything', async () => {
    const kernel = await bootTest(arch, { checks: true });
    for (const name of modules) {
      const file = { name: path(name), bytes: readFileSync(path(name)) };
      const module = unwrap(kernel.load(file));
      for (const [symbol, args] of calls[name]) {
        const result = module.call(symbol, ...args);
        expect(result.kind, symbol).toBe('returned');
      }
      const result = module.unload();
      expect(result).toMatchObject({ ok: true, leaks: { blocks: 0, records: [] } });
      expect(kernel.takeFindings()).toEqual([]);
    }
    kernel.close();
  });
});

const digits = new TextEncoder().encode('123456789');
const calls: Readonly<
  Record<(typeof modules)[number], readonly (readonly [string, readonly (number | Uint8Array)[]])[]>
> = {
  crc7: [['crc7_be', [0, digits, 9]]],
  'crc-itu-t': [['crc_itu_t', [0, digits, 9]]],
  crc16: [['crc16', [0, digits, 9]]],
  libarc4: [['arc4_setkey', [new Uint8Array(1032), digits, 9]]],
  cordic: [],
};
