// A snapshot holds all that decides how a run goes on: going back to it and on from
// there gives the same run again.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Job } from '../src/kernel/kernel-state.ts';
import type { LoadResult } from '../src/kernel/results.ts';
import { bootTest, sample } from './support/guest.ts';

const LONG = 1e9;

const stateOf = ({ machine, console, modules }: Kernel) => ({
  position: machine.position,
  slices: machine.slices,
  ram: createHash('sha256').update(machine.memory.ram).digest('hex'),
  console,
  modules: modules.map(({ name }) => name),
});

function finish(kernel: Kernel, job: Job<LoadResult>): LoadResult {
  while (!kernel.isDone(job)) kernel.serve(kernel.machine.run(LONG));
  return kernel.finish(job);
}

/** Runs `nanoseconds` of a job, and a few instructions. */
function runSome(kernel: Kernel, job: Job<LoadResult>, nanoseconds: number): void {
  const pauseAt = kernel.machine.now + nanoseconds;
  for (;;) {
    if (kernel.isDone(job)) throw new Error('the job is done too early');
    const stop = kernel.machine.run(LONG, pauseAt);
    if (stop.kind === 'paused') break;
    kernel.serve(stop);
  }
  for (let i = 0; i < 5; i++) {
    const stop = kernel.machine.step();
    if (stop !== undefined) kernel.serve(stop);
  }
}

describe.for(archNames)('%s', (arch) => {
  // Before the link, between OPEN and LINK, in init, after it.
  test.for([0, 3000, 9000, 15_000])('a load goes on from %d ns as it did', async (after) => {
    const kernel = await bootTest(arch);
    const job = kernel.beginLoad(sample(arch, 'hello'));
    runSome(kernel, job, after);
    const saved = kernel.save();
    const before = stateOf(kernel);
    expect(finish(kernel, job)).toMatchObject({ ok: true });
    const end = stateOf(kernel);
    for (let again = 0; again < 2; again++) {
      kernel.restore(saved);
      expect(stateOf(kernel)).toEqual(before);
      expect(finish(kernel, job)).toMatchObject({ ok: true });
      expect(stateOf(kernel)).toEqual(end);
    }
    kernel.close();
  });

  test('what was loaded since is gone, and can be loaded again', async () => {
    const kernel = await bootTest(arch);
    const fresh = kernel.save();
    kernel.load(sample(arch, 'hello'));
    const { console } = kernel;
    kernel.restore(fresh);
    expect(kernel.modules).toEqual([]);
    expect(kernel.load(sample(arch, 'hello'))).toMatchObject({ ok: true });
    expect(kernel.console).toBe(console);
    kernel.close();
  });

  test('a dead machine lives again', async () => {
    const kernel = await bootTest(arch);
    const alive = kernel.save();
    const target = kernel.symbol('panic');
    if (target === undefined) throw new Error('the kernel has no panic');
    kernel.callAddress(target, kernel.arch.conventions.native, ['no reason']);
    expect(kernel.death).toBeDefined();
    kernel.restore(alive);
    expect(kernel.load(sample(arch, 'hello'))).toMatchObject({ ok: true });
    kernel.close();
  });

  test('a second snapshot shares the pages that did not change', async () => {
    const kernel = await bootTest(arch);
    const first = kernel.save();
    const none = kernel.save(first);
    kernel.load(sample(arch, 'hello'));
    const second = kernel.save(none);
    expect(none.machine.ram.fresh).toBe(0);
    expect(second.machine.ram.fresh).toBeGreaterThan(0);
    expect(second.machine.ram.fresh).toBeLessThan(60);
    kernel.close();
  });
});
