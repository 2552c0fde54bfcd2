// Runs the tasks of a plan, in this thread or in several, and shows how far it is.
// A thread gets a task when it has ended the one before.

import { Worker } from 'node:worker_threads';
import type { Outcome, Plan, Task } from '../suite/plan.ts';
import { casesIn } from '../suite/plan.ts';
import { runTask } from '../suite/run-task.ts';
import { EndedInThread, type Ending } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** What a thread of test-worker.ts says. */
export type ThreadMessage =
  | { readonly kind: 'case'; readonly outcome: Outcome }
  | { readonly kind: 'idle' }
  | { readonly kind: 'ended'; readonly ending: Ending };

/**
 * @param jobs threads; with one, or a single task, all runs in this one
 * @throws what runTask() throws
 */
export async function runPlan(plan: Plan, jobs: number, terminal: Terminal): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const progress = progressOf(plan, terminal);
  const done = (outcome: Outcome): void => {
    outcomes.push(outcome);
    progress(outcomes);
  };
  try {
    if (Math.min(jobs, plan.tasks.length) > 1) await inThreads(plan.tasks, jobs, done);
    else for (const task of plan.tasks) await runTask(task, done);
  } finally {
    terminal.progress('');
  }
  return outcomes;
}

async function inThreads(
  tasks: readonly Task[],
  jobs: number,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const waiting = [...tasks];
  const workers = Array.from(
    { length: Math.min(jobs, tasks.length) },
    () => new Worker(new URL('./test-worker.js', import.meta.url)),
  );
  try {
    await Promise.all(workers.map((worker) => serve(worker, waiting, done)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives a thread tasks until there are no more. */
function serve(worker: Worker, waiting: Task[], done: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = waiting.shift();
      if (task === undefined) resolve();
      else worker.postMessage(task);
    };
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'case') done(message.outcome);
      else if (message.kind === 'idle') next();
      else reject(new EndedInThread(message.ending));
    });
    worker.on('error', reject);
    worker.on('exit', (status) => reject(new Error(`a thread ended with status ${status}`)));
    next();
  });
}

const BAR = 24;

/** [#######.......]  12 of 34, 1 failed */
function progressOf(plan: Plan, terminal: Terminal): (outcomes: readonly Outcome[]) => void {
  const all = casesIn(plan);
  let failed = 0;
  return (outcomes) => {
    if (outcomes.at(-1)?.result.verdict === 'failed') failed++;
    const ended = outcomes.length + plan.skipped.length;
    const full = Math.floor((ended / all) * BAR);
    const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`;
    terminal.progress(`${bar}  ${ended} of ${all}${failed === 0 ? '' : `, ${failed} failed`}`);
  };
}
