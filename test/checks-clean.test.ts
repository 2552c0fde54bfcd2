// Checks accuse nobody who does nothing wrong: the sample modules, all together, and
// with both fills of the heap.

import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { BlockTrace } from '../src/kernel/block-trace.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { unwrap } from '../src/kernel/results.ts';
import { uninitialisedRead } from '../src/kernel/uninitialised.ts';
import { bootTest, sample } from './support/guest.ts';

const samples = ['hello', 'provider', 'consumer', 'twins', 'workload'] as const;

describe.each(archNames)('%s', (arch) => {
  const life = async (fill: number): Promise<{ kernel: Kernel; trace: BlockTrace }> => {
    const kernel = await bootTest(arch, { checks: { fill, trace: true } });
    const modules = samples.map((name) => unwrap(kernel.load(sample(arch, name))));
    expect(modules[0]?.call('hello_add', 40, 2)).toMatchObject({ kind: 'returned', value: 42n });
    for (const module of modules.reverse())
      expect(module.unload()).toMatchObject({ ok: true, leaks: { blocks: 0, records: [] } });
    expect(kernel.takeFindings()).toEqual([]);
    if (kernel.watch.trace === undefined) throw new Error('no trace');
    expect(kernel.watch.trace.length).toBeGreaterThan(10);
    return { kernel, trace: kernel.watch.trace };
  };

  test('the samples live with two fills, alike and without a finding', async () => {
    const [one, other] = [await life(0xa5), await life(0)];
    expect(
      uninitialisedRead(one.trace, other.trace, (at) => other.kernel.locate(at)),
    ).toBeUndefined();
    expect(one.kernel.console).toBe(other.kernel.console);
    one.kernel.close();
    other.kernel.close();
  });

  test('a run is followed for a million blocks, and goes on', async () => {
    const kernel = await bootTest(arch, { checks: { trace: true }, watchdogNs: 1e10 });
    const workload = unwrap(kernel.load(sample(arch, 'workload')));
    const plain = await bootTest(arch, { watchdogNs: 1e10 });
    const same = unwrap(plain.load(sample(arch, 'workload')));
    const rounds = 60;
    const result = workload.call('workload_run', rounds);
    expect(result).toMatchObject({ kind: 'returned' });
    expect(kernel.watch.trace?.length).toBe(1 << 20);
    expect(same.call('workload_run', rounds)).toMatchObject({
      kind: 'returned',
      value: result.kind === 'returned' ? result.value : 0n,
    });
    kernel.close();
    plain.close();
  });

  test('the self-tests of the kernel pass', async () => {
    const kernel = await bootTest(arch, { checks: true, watchdogNs: 1e9 });
    const result = kernel.load(sample(arch, 'selftest'));
    expect(result.ok ? '' : result.failure.reason).toBe('');
    kernel.close();
  });
});
