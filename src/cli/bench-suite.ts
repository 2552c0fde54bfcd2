// What isolation costs: cases of a suite per second, each on a machine that has gone
// back to its snapshot.  Part of npm run bench.

import { archNames } from '../arch/arch.ts';
import { samplePath } from '../host/assets.ts';
import type { Suite } from '../suite/model.ts';
import { planOf } from '../suite/plan.ts';
import { readSuite } from '../suite/read.ts';
import { runTask } from '../suite/run-task.ts';

const CASES = 32;
const TASKS = 15;

const kinds = [
  ['call', 'call = "hello_add(2, 40)"\nreturns = 42\n'],
  ['life', 'leaks = 0\n'],
] as const;

function suiteOf(text: string): Suite {
  const cases = Array.from({ length: CASES }, (_, i) => `[[case]]\nname = "${i}"\n${text}`);
  const read = readSuite('bench.test.toml', cases.join('\n'));
  if (!read.ok) throw new Error('the suite of the benchmark is wrong');
  return read.value;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

console.log('isolated cases a second, one thread, with the boot of each 32');
console.log(`             ${kinds.map(([name]) => name.padStart(8)).join('')}`);
for (const arch of archNames) {
  const rates: string[] = [];
  for (const [, text] of kinds) {
    const subject = { suite: suiteOf(text), arch, module: samplePath(arch, 'hello'), requires: [] };
    const options = { seed: undefined, shard: undefined, budgetNs: undefined };
    const { tasks } = planOf([subject], {
      ...{ ...options, missing: 'trap', checks: false, ramBytes: undefined },
      ...{ searchPath: [], select: () => true },
    });
    const times: number[] = [];
    for (let i = 0; i < TASKS; i++)
      for (const task of tasks) {
        const start = performance.now();
        await runTask(task, ({ result }) => {
          if (result.verdict !== 'passed') throw new Error(`case ${result.name} failed`);
        });
        times.push(performance.now() - start);
      }
    rates.push(((CASES / median(times.slice(2))) * 1000).toFixed(0).padStart(8));
  }
  console.log(`${arch.padEnd(13)}${rates.join('')}`);
}
