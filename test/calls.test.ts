// Calls into a module: how JavaScript values reach C and come back, on four calling
// conventions, and what happens when the function does not return.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { addr } from '../src/base/address.ts';
import type { Argument } from '../src/kernel/arguments.ts';
import { u64 } from '../src/kernel/arguments.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import { actionNumber, chameleon } from './support/chameleon.ts';
import { bootTest, helloWorks, holdings } from './support/guest.ts';

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  let module: Module;
  beforeAll(async () => {
    kernel = await bootTest(arch);
    module = unwrap(kernel.load(chameleon(arch)));
  });
  afterAll(() => kernel.close());

  const wide = (symbol: string, ...args: readonly Argument[]): bigint => {
    const result = module.call(symbol, ...args);
    if (result.kind !== 'returned') throw new Error(`${symbol}: ${result.kind}`);
    return result.wide;
  };

  test.for([
    [0, 0n],
    [5, -5n],
    [-7, 7n],
    [0x7fff_ffff, -0x7fff_ffffn],
    [-0x8000_0000, -0x8000_0000n],
    [3n, -3n],
    [true, -1n],
  ] as const)('int %s negated is %s', ([argument, expected]) => {
    expect(BigInt.asIntN(32, wide('chameleon_negate', argument))).toBe(expected);
  });

  test.for([
    ['', 0n],
    ['four', 4n],
    ['größer', 8n],
    ['x'.repeat(5000), 5000n],
  ] as const)('the string %j has %i bytes', ([text, length]) => {
    expect(module.call('chameleon_length', text)).toMatchObject({
      kind: 'returned',
      value: length,
    });
  });

  test('a buffer comes back as the function left it', () => {
    const bytes = Uint8Array.from([1, 2, 3, 4, 5]);
    expect(module.call('chameleon_reverse', bytes, bytes.length)).toMatchObject({
      kind: 'returned',
    });
    expect([...bytes]).toEqual([5, 4, 3, 2, 1]);
  });

  test('buffers and strings cost no memory afterwards', () => {
    const before = holdings(kernel);
    for (let i = 0; i < 10; i++) module.call('chameleon_reverse', new Uint8Array(9000), 9000);
    module.call('chameleon_length', 'text');
    expect(holdings(kernel)).toEqual(before);
  });

  test('a buffer larger than the guest is refused', () => {
    const result = module.call('chameleon_length', new Uint8Array(32 << 20));
    expect(result).toEqual({ kind: 'refused', reason: 'the guest has no 33554432 bytes left' });
    expect(helloWorks(kernel)).toBe(true);
  });

  test.for([
    [1, 0x1122_3344_5566_7788n, 2, 0n, 0x1122_3346_5566_7789n],
    [0, 0xffff_ffff_ffff_ffffn, 0, 0xffff_ffff_0000_0000n, 0xffff_ffffn],
    [0xffff_ffff, 0n, 0xffff_ffff, 0n, 0xffff_ffff_ffff_ffffn],
  ] as const)('64-bit arguments keep their places: %s %s %s %s', ([a, b, c, d, sum]) => {
    expect(wide('chameleon_wide', a, u64(b), c, u64(d))).toBe(sum);
  });

  test('sixteen words arrive in order', () => {
    const words = Array.from({ length: 16 }, (_, i) => 1000 + 37 * i);
    const sum = words.reduce((total, word, i) => total + word * (i + 1), 0);
    expect(wide('chameleon_weigh', ...words)).toBe(BigInt(sum));
  });

  test('seventeen words are refused', () => {
    const result = module.call('chameleon_weigh', ...new Array<number>(17).fill(0));
    expect(result).toEqual({ kind: 'refused', reason: '17 argument words, at most 16' });
  });

  test.for([
    ['chameleon_wieght', 'chameleon has no symbol chameleon_wieght; did you mean chameleon_weigh?'],
    ['zzz', 'chameleon has no symbol zzz'],
  ] as const)('%s is unknown: %s', ([symbol, reason]) => {
    expect(module.call(symbol)).toEqual({ kind: 'refused', reason });
  });

  test('a local function can be called too', () => {
    const result = module.call('chameleon_modcmd', 99, 0);
    expect(result).toMatchObject({ kind: 'returned' });
    expect(BigInt.asUintN(32, wide('chameleon_modcmd', 99, 0))).toBe(25n);
  });

  test('a fault in a call comes back as an oops, and the next call works', () => {
    const result = module.call('chameleon_peek', 0x30);
    if (result.kind !== 'fault') throw new Error(result.kind);
    expect(result.oops).toMatchObject({
      kind: 'page-fault',
      access: 'read',
      address: 0x30n,
      module: 'chameleon',
      where: { symbol: 'chameleon_peek' },
    });
    expect(result.console).toMatch(/^Oops: page fault: read of 0x0*30, in module chameleon\n/);
    expect(BigInt.asIntN(32, wide('chameleon_negate', 1))).toBe(-1n);
  });

  test('a call into an endless loop is ended by the watchdog', () => {
    const result = module.call('chameleon_do', actionNumber('spin'));
    if (result.kind !== 'fault') throw new Error(result.kind);
    expect(result.oops).toMatchObject({ kind: 'watchdog', module: 'chameleon' });
    expect(BigInt.asIntN(32, wide('chameleon_negate', 1))).toBe(-1n);
  });

  test('a call to an address that is not mapped is a fault', () => {
    const at = addr(0x6000_0000n);
    const result = kernel.callAddress(at, kernel.arch.conventions.native, []);
    if (result.kind !== 'fault') throw new Error(result.kind);
    expect(result.oops).toMatchObject({ kind: 'page-fault', access: 'exec', address: at });
  });

  test('what a call allocates belongs to the module', async () => {
    const other = await bootTest(arch);
    const leaky = unwrap(other.load(chameleon(arch)));
    expect(leaky.call('chameleon_keep', 1000)).toMatchObject({ kind: 'returned' });
    expect(leaky.unload()).toMatchObject({ ok: true, leaks: { blocks: 1, bytes: 1000 } });
    other.close();
  });

  test('a module that is gone cannot be called', async () => {
    const other = await bootTest(arch);
    const gone = unwrap(other.load(chameleon(arch)));
    gone.unload();
    const result = gone.call('chameleon_negate', 1);
    expect(result.kind === 'fault' || result.kind === 'refused').toBe(true);
    expect(helloWorks(other)).toBe(true);
    other.close();
  });
});
