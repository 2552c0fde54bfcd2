// The thread that fuzzes, so that the other can see it hang and end it.

import { parentPort, workerData } from 'node:worker_threads';
import { newTally, tryMutant } from '../fuzz/campaign.ts';
import type { FuzzMessage, FuzzOrder } from './fuzz.ts';
import { stocksOf } from './fuzz-input.ts';

const { archs, seed, count, current }: FuzzOrder = workerData;
const stocks = stocksOf(process.env, archs);
const tally = newTally();
const now = new Int32Array(current);
const report = (done: boolean): void => {
  const message: FuzzMessage = { tally, done };
  parentPort?.postMessage(message);
};
const REPORT_EVERY = 2000;

for (let number = 0; number < count; number++) {
  Atomics.store(now, 0, number);
  tryMutant(tally, stocks, seed, number, () => performance.now());
  if (tally.mutants % REPORT_EVERY === 0) report(false);
}
report(true);
