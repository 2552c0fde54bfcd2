// npm run bench, the part about failing on purpose: how many calls can be failed in a
// second, each in a life of its own, and what that is to a life that nothing disturbs.

import { readFileSync } from 'node:fs';
import { archNames } from '../arch/arch.ts';
import { samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import { failNth } from '../inject/fail-nth.ts';
import { unwrap } from '../kernel/results.ts';

const LIVES = 40;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

console.log('\n          injections       all   each   undisturbed life   ratio');
for (const arch of archNames) {
  const name = samplePath(arch, 'careful');
  const file = { name, bytes: readFileSync(name) };
  const kernel = await boot({ arch });
  const lives = Array.from({ length: LIVES }, () => {
    const start = performance.now();
    unwrap(kernel.load(file)).unload();
    return performance.now() - start;
  });
  const start = performance.now();
  const { injections } = failNth(kernel, file);
  const all = performance.now() - start;
  kernel.close();
  const each = all / injections.length;
  const life = median(lives.slice(5));
  console.log(
    `${arch.padEnd(8)} ${String(injections.length).padStart(10)} ${all.toFixed(0).padStart(7)} ms ` +
      `${each.toFixed(2).padStart(5)} ms ${life.toFixed(2).padStart(14)} ms ${(each / life).toFixed(2).padStart(9)}`,
  );
}
