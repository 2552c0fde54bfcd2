// npm run bench:checks: what checks cost, as ratios to a run without them: of code
// that computes, of a module's life, and of allocations.  Machines are noisy: every
// figure is a median over turns that are taken one after the other.

import type { ArchName } from '../arch/arch.ts';
import { archNames } from '../arch/arch.ts';
import { samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import type { WantedChecks } from '../kernel/checks.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import { unwrap } from '../kernel/results.ts';

const TURNS = 7;
const ROUNDS = 150;
const LIVES = 40;
const BUFFERS = 200;
const PATIENCE_NS = 1e15;

const modes: readonly (readonly [string, WantedChecks])[] = [
  ['none', false],
  ['guest', { wildWrites: false }],
  ['all', true],
  ['traced', { trace: true }],
];

interface Ready {
  readonly kernel: Kernel;
  readonly workload: Module;
}

const works: readonly (readonly [string, (ready: Ready) => void])[] = [
  ['computing', ({ workload }) => void workload.call('workload_run', ROUNDS)],
  [
    'lives of a module',
    ({ kernel }) => {
      const path = samplePath(kernel.arch.name, 'hello');
      for (let i = 0; i < LIVES; i++) unwrap(kernel.load(path)).unload();
    },
  ],
  [
    'blocks of 100 bytes',
    ({ kernel }) => {
      const { native } = kernel.arch.conventions;
      const [alloc, free] = ['kmem_alloc', 'kmem_free'].map((name) => kernel.symbol(name));
      if (alloc === undefined || free === undefined) throw new Error('the kernel has no heap');
      for (let i = 0; i < BUFFERS; i++) {
        const result = kernel.callAddress(alloc, native, [100]);
        if (result.kind === 'returned') kernel.callAddress(free, native, [result.value]);
      }
    },
  ],
];

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function ready(arch: ArchName, checks: WantedChecks): Promise<Ready> {
  const kernel = await boot({ arch, checks, watchdogNs: PATIENCE_NS });
  return { kernel, workload: unwrap(kernel.load(samplePath(arch, 'workload'))) };
}

console.log(`${' '.repeat(30)}${modes.map(([name]) => name.padStart(9)).join('')}`);
for (const arch of archNames) {
  const machines: Ready[] = [];
  for (const [, checks] of modes) machines.push(await ready(arch, checks));
  for (const [name, work] of works) {
    const times: number[][] = modes.map(() => []);
    for (let turn = 0; turn < TURNS; turn++)
      for (const [i, machine] of machines.entries()) {
        const start = performance.now();
        work(machine);
        times[i]?.push(performance.now() - start);
      }
    const medians = times.map(median);
    const ratios = medians.map((time) => (time / (medians[0] ?? 1)).toFixed(2).padStart(9));
    console.log(`${arch.padEnd(8)} ${name.padEnd(21)}${ratios.join('')}`);
  }
  for (const { kernel } of machines) kernel.close();
}
