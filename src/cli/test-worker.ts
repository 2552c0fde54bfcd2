// A thread of `modbox test`: takes tasks, answers results.  Each has an engine of its
// own.

import { parentPort } from 'node:worker_threads';
import type { Task } from '../suite/plan.ts';
import { runTask } from '../suite/run-task.ts';
import { endingOf } from './errors.ts';
import type { ThreadMessage } from './test-run.ts';

const say = (message: ThreadMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', (task: Task) => {
  runTask(task, (outcome) => say({ kind: 'case', outcome })).then(
    () => say({ kind: 'idle' }),
    (error: unknown) => {
      const trace = Boolean(process.env['MODBOX_TRACE']);
      say({ kind: 'ended', ending: endingOf(error, trace) });
    },
  );
});
