// npm run bench, the fourth part: what recording coverage costs.  The workload, which
// is short blocks and branches and so about the worst case, with and without, in turn,
// in the process's own CPU time.

import { archNames } from '../arch/arch.ts';
import { startCoverage } from '../coverage/recorder.ts';
import { samplePath } from '../host/assets.ts';
import { boot } from '../host/boot.ts';
import { openCoverageReport } from '../host/coverage.ts';
import { unwrap } from '../kernel/results.ts';

const PAIRS = 15;
const ROUNDS = 200;
/** No watchdog while measuring. */
const PATIENCE_NS = 1e15;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds of CPU. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

console.log('\n             without      with   ratio      take      add');
for (const arch of archNames) {
  const kernel = await boot({ arch, watchdogNs: PATIENCE_NS });
  const module = unwrap(kernel.load(samplePath(arch, 'workload')));
  const report = await openCoverageReport(arch);
  const run = (): void => {
    module.call('workload_run', ROUNDS);
  };
  run();
  const [without, recorded, takes, adds]: number[][] = [[], [], [], []];
  for (let i = 0; i < PAIRS; i++) {
    without?.push(timed(run));
    const coverage = startCoverage(kernel);
    recorded?.push(timed(run));
    let record = coverage.take();
    const start = performance.now();
    record = coverage.take();
    const taken = performance.now();
    report.add(`${i}`, record);
    takes?.push(taken - start);
    adds?.push(performance.now() - taken);
    coverage.stop();
  }
  kernel.close();
  const ratios = (recorded ?? []).map((time, i) => time / (without?.[i] ?? Number.NaN));
  const ms = (values: readonly number[] = [], digits = 1): string => median(values).toFixed(digits);
  console.log(
    `${arch.padEnd(8)} ${ms(without).padStart(8)} ms ${ms(recorded).padStart(6)} ms ` +
      `${median(ratios).toFixed(3).padStart(7)} ${ms(takes, 3).padStart(6)} ms ${ms(adds, 3).padStart(5)} ms`,
  );
}
