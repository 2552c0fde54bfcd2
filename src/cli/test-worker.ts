// A thread of `modbox test`: takes tasks, answers results.  Each has an engine of its
// own.

import { parentPort } from 'node:worker_threads';
import { HitsSender } from '../coverage/posted-hits.ts';
import { CodeReaders } from '../suite/case-coverage.ts';
import type { Outcome } from '../suite/plan.ts';
import { runTask } from '../suite/run-task.ts';
import { endingOf } from './errors.ts';
import type { ThreadMessage, ThreadTask } from './test-run.ts';

const say = (message: ThreadMessage): void => parentPort?.postMessage(message);
const readers = new CodeReaders();
const sender = new HitsSender();

async function run({ task, coverage }: ThreadTask): Promise<void> {
  const done = (outcome: Outcome): void => say({ kind: 'case', outcome });
  const covered = await runTask(task, done, coverage ? readers : undefined);
  for (const { hits, ...where } of covered)
    say({ kind: 'covered', ...where, posted: sender.pack(hits) });
  say({ kind: 'idle' });
}

parentPort?.on('message', (task: ThreadTask) => {
  run(task).catch((error: unknown) => {
    const trace = Boolean(process.env['MODBOX_TRACE']);
    say({ kind: 'ended', ending: endingOf(error, trace) });
  });
});
