// Checks on native modules: each planted mistake is found, with its kind, its
// function and its line; what is allowed is not told of.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { Finding } from '../src/kernel/findings.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { describeOops, type Oops } from '../src/kernel/oops.ts';
import type { CallResult } from '../src/kernel/results.ts';
import { unwrap } from '../src/kernel/results.ts';
import { uninitialisedRead } from '../src/kernel/uninitialised.ts';
import { buildModule } from './support/build-module.ts';
import { bootTest, helloWorks, sample } from './support/guest.ts';
import { marked, placeOf, plantedModule } from './support/planted.ts';

function oopsOf(result: CallResult): Oops {
  if (result.kind !== 'fault') throw new Error(`it ${result.kind}`);
  return result.oops;
}

const place = (mark: string): string =>
  marked('planted', `planted_${mark.replace(/^.*: /, '')}`, mark);

/** Stopped at the mistake: its name, KASAN's class, the use, its bytes, and where in the block. */
const stopped = [
  ['overflow', 'slab-out-of-bounds', 'write', 1, 48],
  ['overread', 'slab-out-of-bounds', 'read', 4, 48],
  ['memset', 'slab-out-of-bounds', 'write', 'a word', 48],
  ['use_after_free', 'slab-use-after-free', 'read', 1, 5],
  ['call_freed', 'slab-use-after-free', 'call', undefined, 0],
  ['double_free', 'double-free', 'free', undefined, 0],
  ['free_inside', 'invalid-free', 'free', undefined, 16],
] as const;
const freedBefore: readonly string[] = ['use_after_free', 'call_freed', 'double_free'];

describe.each(archNames)('%s', (arch) => {
  let kernel: Kernel;
  let planted: Module;
  beforeAll(async () => {
    kernel = await bootTest(arch, { checks: true });
    planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
  });
  afterAll(() => kernel.close());

  test.for(stopped)('%s is stopped as %s', ([bug, kind, use, bytes, offset]) => {
    const oops = oopsOf(planted.call(`planted_${bug}`));
    expect(oops).toMatchObject({ kind: 'heap', module: 'planted', heap: { class: kind, use } });
    const { heap } = oops;
    expect(Number(oops.address - (heap?.block?.address ?? 0n))).toBe(offset);
    // Where there is an instruction for two words, memset() has it.
    const { wordBytes } = kernel.arch;
    const widths = bytes === 'a word' ? [wordBytes, wordBytes * 2] : [bytes];
    expect(widths).toContain(heap?.bytes);
    expect(heap?.block?.bytes).toBe(48);
    expect(placeOf(heap?.by)).toBe(place(`bug: ${bug}`));
    expect(placeOf(heap?.block?.allocated)).toBe(place(`allocated: ${bug}`));
    const freed = freedBefore.includes(bug) ? place(`freed: ${bug}`) : 'nowhere, line unknown';
    expect(placeOf(heap?.block?.freed)).toBe(freed);
    expect(helloWorks(kernel)).toBe(true);
  });

  test('the report on the console has the layout of KASAN', () => {
    const before = kernel.console.length;
    planted.call('planted_use_after_free');
    const [, first, second] = kernel.console.slice(before).split('\n');
    expect(first).toMatch(
      /^BUG: KASAN: slab-use-after-free in planted_use_after_free\+0x\w+\/0x\w+ \[planted\]$/,
    );
    expect(second).toMatch(/^Read of size 1 at addr [0-9a-f]+ by task caller\/2$/);
    const rest = kernel.console.slice(before);
    expect(rest).toMatch(/\nCall Trace:\n planted_use_after_free\+/);
    expect(rest).toMatch(/\nAllocated by task 2:\n planted_use_after_free\+/);
    expect(rest).toMatch(/\nFreed by task 2:\n planted_use_after_free\+/);
    expect(rest).toMatch(
      /\nThe buggy address is located 5 bytes inside of\n freed 48-byte region \[[0-9a-f]+, [0-9a-f]+\)\n=+\n$/,
    );
  });

  test.for([
    ['off_by_one', 'a write 0 bytes to the right of a 45-byte block'],
    ['underflow', 'a write 1 bytes to the left of a 48-byte block'],
  ])('%s is found when the block is freed', ([bug, text]) => {
    expect(planted.call(`planted_${bug}`).kind).toBe('returned');
    const [found, ...more] = kernel.takeFindings();
    expect(more).toEqual([]);
    expect(found).toMatchObject({ kind: 'slab-out-of-bounds' });
    expect(found?.text).toContain(text);
    // The call of kmem_free() returns to what stands behind it.
    expect(placeOf(found?.by)).toBe(place(`bug: ${bug}`));
  });

  test('init memory that is freed is known when it is called', () => {
    const oops = oopsOf(planted.call('planted_freed_init'));
    expect(oops).toMatchObject({ kind: 'freed', freed: { use: 'call' } });
    expect(oops.freed?.what).toBe('init memory of planted, which is freed');
    expect(oops.freed?.target.symbol).toBe('gone_after_init');
    expect(placeOf(oops.freed?.by)).toBe(place('bug: freed_init'));
  });

  test('the depth of the stack is told, and when it is above three quarters', () => {
    kernel.takeFindings();
    const depth = (frames: number): number => {
      const result = planted.call('planted_deep', frames);
      return result.kind === 'returned' ? (result.stackBytes ?? 0) : 0;
    };
    expect(depth(5)).toBeGreaterThan(5000);
    expect(depth(5)).toBeLessThan(6500);
    expect(kernel.takeFindings()).toEqual([]);
    expect(depth(11)).toBeGreaterThan(12_288);
    const [found, ...more] = kernel.takeFindings();
    expect(more).toEqual([]);
    expect(found?.kind).toBe('stack-depth');
    expect(found?.text).toMatch(/^a call into planted used 1[23]\d{3} of 16384 bytes of stack$/);
  });

  test("a write to the kernel's own data is noticed", () => {
    planted.call('planted_wild_kernel', kernel.symbol('curthread') ?? 0n);
    const [found, ...more] = kernel.takeFindings();
    expect(more).toEqual([]);
    expect(found?.kind).toBe('wild-write');
    expect(found?.text).toBe("a write of 4 bytes to curthread+0x0, the kernel's own data");
    expect(placeOf(found?.by)).toBe(place('bug: wild_kernel'));
    planted.call('planted_wild_kernel', kernel.symbol('curthread') ?? 0n);
    expect(kernel.takeFindings(), 'it is told once').toEqual([]);
  });

  test('what is allowed is allowed to the last byte', () => {
    kernel.takeFindings();
    for (const text of ['', 'a', '12345678', 'x'.repeat(4095), 'y'.repeat(9000)])
      expect(planted.call('planted_clean', text, text.length).kind).toBe('returned');
    expect(kernel.takeFindings()).toEqual([]);
  });
});

describe.each(archNames)('%s, by itself', (arch) => {
  test('a buffer of a call ends where it ends', async () => {
    const kernel = await bootTest(arch, { checks: true });
    const planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
    const oops = oopsOf(planted.call('planted_clean', new Uint8Array(64), 65));
    expect(oops).toMatchObject({
      kind: 'heap',
      heap: { class: 'slab-out-of-bounds', use: 'read' },
    });
    kernel.close();
  });

  test('a write to data of an unrelated module is noticed', async () => {
    const kernel = await bootTest(arch, { checks: true });
    const planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
    const own = planted.symbol('planted_sink') ?? 0n;
    const other = unwrap(kernel.load(plantedModule(arch, 'planted_linux')));
    planted.call('planted_wild_kernel', own);
    expect(kernel.takeFindings()).toEqual([]);
    planted.call('planted_wild_kernel', other.symbol('planted_sink') ?? 0n);
    const [found, ...more] = kernel.takeFindings();
    expect(more).toEqual([]);
    expect(found?.text).toBe('a write of 4 bytes to planted_sink+0x0, data of planted_linux');
    expect(placeOf(found?.by)).toBe(place('bug: wild_kernel'));
    expect(other.unload().ok).toBe(true);
    expect(planted.call('planted_clean', 'abc', 3).kind).toBe('returned');
    expect(kernel.takeFindings()).toEqual([]);
    kernel.close();
  });

  test('a write to data of a module that it uses is not', async () => {
    const kernel = await bootTest(arch, { checks: true });
    const unit = (source: string) => ({ source: `void poke(int *);\n${source}` });
    const user = unit(`extern int shared, *use(void); int *use(void) { return &shared; }
void poke(int *p) { *p = 1; }`);
    unwrap(kernel.load(buildModule(arch, 'owner', { source: 'int shared = 7;' })));
    const module = unwrap(kernel.load(buildModule(arch, 'user', user)));
    const third = unwrap(kernel.load(sample(arch, 'hello')));
    const owner = kernel.modules.find(({ name }) => name === 'owner');
    expect(module.call('poke', owner?.symbol('shared') ?? 0n).kind).toBe('returned');
    expect(kernel.takeFindings()).toEqual([]);
    expect(third.unload().ok).toBe(true);
    kernel.close();
  });

  test('each test that begins at a snapshot has its own findings, blocks and way', async () => {
    const kernel = await bootTest(arch, { checks: { trace: true } });
    const planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
    const snapshot = kernel.snapshot();
    const run = (): readonly unknown[] => {
      snapshot.restore();
      planted.call('planted_wild_kernel', kernel.symbol('curthread') ?? 0n);
      const found = kernel.takeFindings();
      const oops = oopsOf(planted.call('planted_use_after_free'));
      return [found, oops, kernel.watch.trace?.length];
    };
    const first = run();
    expect(first[0]).toHaveLength(1);
    expect(run()).toEqual(first);
    kernel.close();
  });

  test('what a run does with memory that nobody wrote is found by another fill', async () => {
    const run = async (symbol: string, fill: number): Promise<Kernel> => {
      const kernel = await bootTest(arch, { checks: { fill, trace: true } });
      unwrap(kernel.load(plantedModule(arch, 'planted'))).call(symbol);
      return kernel;
    };
    const compare = async (symbol: string): Promise<Finding | undefined> => {
      const [one, other] = [await run(symbol, 0xa5), await run(symbol, 0)];
      const [first, second] = [one.watch.trace, other.watch.trace];
      if (first === undefined || second === undefined) throw new Error('no trace');
      const found = uninitialisedRead(first, second, (at) => other.locate(at));
      one.close();
      other.close();
      return found;
    };
    const found = await compare('planted_uninitialised');
    expect(found?.kind).toBe('uninitialised-read');
    expect(placeOf(found?.by)).toBe(place('bug: uninitialised'));
    expect(await compare('planted_leak')).toBeUndefined();
  });

  test('a leak has the line that allocated', async () => {
    const kernel = await bootTest(arch, { checks: true });
    const planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
    planted.call('planted_leak');
    const result = planted.unload();
    if (!result.ok) throw new Error('it stays');
    expect(result.leaks).toMatchObject({ blocks: 1, bytes: 48 });
    expect(result.leaks.records.map(({ by }) => placeOf(by))).toEqual([place('bug: leak')]);
    kernel.close();
  });

  test('text of a module that is gone is known when it is called, for 40 modules', async () => {
    const kernel = await bootTest(arch, { checks: true });
    const caller = unwrap(
      kernel.load(
        buildModule(arch, 'calling', {
          source: `void leap(void (*fn)(void));
void leap(void (*fn)(void)) { fn(); *(volatile int *)0; }`,
        }),
      ),
    );
    const hello = unwrap(kernel.load(sample(arch, 'hello')));
    const target = hello.symbol('hello_add') ?? 0n;
    hello.unload();
    for (let i = 0; i < 40; i++) {
      const other = unwrap(kernel.load(sample(arch, 'workload')));
      expect(other.symbol('workload_alu')).not.toBe(target);
      other.unload();
    }
    const oops = oopsOf(caller.call('leap', target));
    expect(oops).toMatchObject({ kind: 'freed', module: 'calling', freed: { use: 'call' } });
    expect(oops.freed?.what).toBe('memory of hello, which is unloaded');
    expect(oops.freed?.by.symbol).toBe('leap');
    expect(describeOops(oops)).toContain('in memory of hello, which is unloaded, by leap+');
    kernel.close();
  });

  test('blocks go on when the addresses have all been used once', async () => {
    const kernel = await bootTest(arch, { checks: true, watchdogNs: 1e9 });
    const planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
    // Two blocks of 65 pages and a guard page each; there are 16384 pages at most.
    const bytes = (1 << 18) + 1;
    const text = new Uint8Array(bytes);
    for (let i = 0; i < 130; i++)
      expect(planted.call('planted_clean', text, bytes).kind).toBe('returned');
    expect(oopsOf(planted.call('planted_overflow')).kind).toBe('heap');
    expect(kernel.takeFindings()).toEqual([]);
    kernel.close();
  });

  test('without checks nothing of this is done', async () => {
    const kernel = await bootTest(arch);
    const planted = unwrap(kernel.load(plantedModule(arch, 'planted')));
    expect(planted.call('planted_overread').kind).toBe('returned');
    expect(planted.call('planted_use_after_free').kind).toBe('returned');
    kernel.close();
  });
});
