// modbox/vitest: a machine for each test, matchers that say what is wrong, and runs on
// many machines put together by vitest itself.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import { samplePath } from '../src/host/assets.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Module } from '../src/kernel/module.ts';
import { architectures, moduleTest } from '../src/suite/vitest.ts';
import { buildModule } from './support/build-module.ts';
import { filesOn } from './support/suite.ts';

const source = `
#include <sys/module.h>
MODULE(MODULE_CLASS_MISC, counting, NULL);
int count(void), refuse(void), peek(int *);
static int counter;
int count(void) { return ++counter; }
int refuse(void) { return -22; }
int peek(int *p) { return *(volatile int *)p; }
static int counting_modcmd(modcmd_t cmd, void *arg) { (void)cmd; (void)arg; return 0; }
`;

describe.each(architectures)('%s', (arch) => {
  const disk = filesOn([buildModule(arch, 'counting', { source })]);
  afterAll(() => disk.remove());
  const kernels = new Set<Kernel>();
  const onMachine = moduleTest({
    ...{ arch, ramBytes: 16 << 20 },
    load: { counting: disk.path('counting.ko'), hello: samplePath(arch, 'hello') },
  });

  onMachine.for([1, 2, 3])('every test counts from one: %i', (_, { kernel, modules }) => {
    kernels.add(kernel);
    expect(modules.counting.call('count')).toReturnValue(1);
    expect(modules.counting.call('count')).toReturnValue(2n);
  });

  onMachine('what a test unloads is there for the next', ({ kernel, modules }) => {
    expect(modules.hello.unload()).toSucceed();
    expect(kernel.modules.map(({ name }) => name)).toEqual(['counting']);
  });

  onMachine('it is there, and a machine that dies is alive for the next', ({ kernel, modules }) => {
    expect(modules.hello.call('hello_add', 1, 2)).toReturnValue(3);
    const panic = kernel.symbol('panic');
    if (panic === undefined) throw new Error('the kernel has no panic');
    kernel.callAddress(panic, kernel.arch.conventions.native, ['no reason']);
    expect(kernel.death).toBeDefined();
  });

  onMachine('it is alive', ({ kernel, modules }) => {
    kernels.add(kernel);
    expect(kernel.death).toBeUndefined();
    expect(modules.hello.call('hello_add', 1, 2)).toReturnValue(3);
  });

  onMachine('all of this took one boot', ({ kernel }) => {
    expect([...kernels]).toEqual([kernel]);
  });

  onMachine('matchers say what was found instead', ({ kernel, modules }) => {
    const { counting } = modules;
    const refused = counting.call('refuse');
    expect(refused).toReturnValue(-22);
    expect(() => expect(refused).toReturnValue(0)).toThrow(
      /wanted 0 to be returned, found: \d+ \(/,
    );
    const fault = counting.call('peek', 0);
    expect(fault).toFaultIn('peek');
    expect(fault).toFaultIn('peek', 'page-fault');
    expect(fault).not.toFaultIn('peek', 'divide');
    expect(() => expect(fault).toReturnValue(0)).toThrow(/found: page fault: read of 0x0 at peek/);
    expect(() => expect(counting.call('coutn')).toFaultIn('x')).toThrow(/not called: .*no symbol/);
    const missing = kernel.load(samplePath(arch, 'needs_missing'));
    expect(() => expect(missing).toSucceed()).toThrow(/symbol missing_function is not defined/);
    expect(kernel.load(samplePath(arch, 'nullderef'))).toFaultIn('weigh', 'page-fault');
  });

  const listed = moduleTest({ arch, load: [`build/modules/${arch}/hello.ko`] });
  listed('modules of a list are called by their files', ({ modules }) => {
    expect(modules.hello.name).toBe('hello');
  });

  test('names of modules are known to the compiler', () => {
    const one = moduleTest({ arch: 'i386', load: ['lib/crc-itu-t.ko.xz'] });
    type Fixtures = Parameters<NonNullable<Parameters<typeof one.beforeEach>[0]>>[0];
    expectTypeOf<Fixtures['modules']>().toEqualTypeOf<Readonly<Record<'crc-itu-t', Module>>>();
  });
});

describe('runs on many machines', () => {
  const root = path.dirname(import.meta.dirname);
  const folder = mkdtempSync(path.join(tmpdir(), 'modbox-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const vitest = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args],
      { cwd: path.join(root, 'examples/vitest'), encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stdout + stderr);
    return stdout;
  };

  test('are shards of vitest, and their reports merge into one', () => {
    for (const shard of [1, 2])
      vitest(
        ...['--shard', `${shard}/2`, '--reporter', 'blob'],
        ...['--outputFile', path.join(folder, `${shard}.json`)],
      );
    const merged = path.join(folder, 'merged.xml');
    vitest('--merge-reports', folder, '--reporter', 'junit', '--outputFile', merged);
    const xml = readFileSync(merged, 'utf8');
    expect(xml).toContain('tests="16" failures="0"');
    for (const arch of architectures) expect(xml).toContain(`${arch} &gt; adds`);
    expect(xml).toContain('&gt; every module of a folder');
  });
});
