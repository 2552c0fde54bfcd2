// npm run bench, the third part: what it costs to give each test a kernel of its own.
// A test loads a module, calls it, and unloads it; isolated, it goes back to a snapshot
// of the booted kernel before.  Both are measured in turn, so that the ratio holds on a
// noisy machine.

import { readFileSync } from 'node:fs';
import { type ArchName, archNames } from '../arch/arch.ts';
import { samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import type { Kernel } from '../kernel/kernel.ts';

const ROUNDS = 60;
const WARM_UP = 10;

/** The samples (all but `spin`, which only waits for the watchdog), and what to call. */
const samples: readonly (readonly [module: string, callee?: string, ...args: number[]])[] = [
  ['consumer'],
  ['failing'],
  ['finifault'],
  ['hello', 'hello_add', 40, 2],
  ['needs_missing'],
  ['nullderef'],
  ['provider'],
  ['selftest', 'selftest_count'],
  ['twins'],
  ['workload', 'workload_run', 1],
];

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function measure(arch: ArchName, [name, callee, ...args]: (typeof samples)[number]) {
  const kernel = await boot({ arch });
  const path = samplePath(arch, name);
  const file = { name: path, bytes: readFileSync(path) };
  const test = (): void => {
    const loaded = kernel.load(file);
    if (!loaded.ok) return;
    if (callee !== undefined) loaded.module.call(callee, ...args);
    loaded.module.unload();
    unloadAll(kernel);
  };
  const snapshot = kernel.snapshot();
  const plain: number[] = [];
  const back: number[] = [];
  const isolated: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    plain.push(timed(test));
    // In the isolated order, so that going back always has a test to undo.
    const restored = timed(() => snapshot.restore());
    back.push(restored);
    isolated.push(restored + timed(test));
    snapshot.restore();
  }
  kernel.close();
  return {
    backMs: median(back.slice(WARM_UP)),
    plainMs: median(plain.slice(WARM_UP)),
    isolatedMs: median(isolated.slice(WARM_UP)),
  };
}

/** What was loaded because the module requires it. */
function unloadAll(kernel: Kernel): void {
  for (const module of [...kernel.modules].reverse()) module.unload();
}

await measure('i386', ['hello']); // compiles the linker, once for all
console.log('\n                          restore       test   isolated   tests/s   ratio');
for (const arch of archNames) {
  for (const sample of samples) {
    const { backMs, plainMs, isolatedMs } = await measure(arch, sample);
    console.log(
      `${arch.padEnd(8)} ${sample[0].padEnd(14)} ${backMs.toFixed(3).padStart(7)} ms ` +
        `${plainMs.toFixed(2).padStart(7)} ms ${isolatedMs.toFixed(2).padStart(7)} ms ` +
        `${(1000 / isolatedMs).toFixed(0).padStart(9)} ${(isolatedMs / plainMs).toFixed(2).padStart(7)}`,
    );
  }
}
