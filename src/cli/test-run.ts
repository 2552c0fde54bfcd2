// Runs the tasks of a plan, in this thread or in several, and shows how far it is.
// A thread gets a task when it has ended the one before.

import { Worker } from 'node:worker_threads';
import { HitsReceiver, type PostedHits } from '../coverage/posted-hits.ts';
import { type CaseCoverage, CodeReaders } from '../suite/case-coverage.ts';
import type { Outcome, Plan, Task } from '../suite/plan.ts';
import { casesIn } from '../suite/plan.ts';
import { runTask } from '../suite/run-task.ts';
import { EndedInThread, type Ending } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** What a thread of test-worker.ts says. */
export type ThreadMessage =
  | { readonly kind: 'case'; readonly outcome: Outcome }
  | {
      readonly kind: 'covered';
      readonly subject: number;
      readonly slot: number | undefined;
      readonly posted: PostedHits;
    }
  | { readonly kind: 'idle' }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** What a thread is told. */
export interface ThreadTask {
  readonly task: Task;
  readonly coverage: boolean;
}

export interface RunOptions {
  /** Threads; with one, or a single task, all runs in this one. */
  readonly jobs: number;
  readonly coverage: boolean;
}

interface Ran {
  readonly outcomes: readonly Outcome[];
  readonly covered: readonly CaseCoverage[];
}

/** @throws what runTask() throws */
export async function runPlan(
  plan: Plan,
  { jobs, coverage }: RunOptions,
  terminal: Terminal,
): Promise<Ran> {
  const outcomes: Outcome[] = [];
  const covered: CaseCoverage[] = [];
  const progress = progressOf(plan, terminal);
  const done = (outcome: Outcome): void => {
    outcomes.push(outcome);
    progress(outcomes);
  };
  try {
    const waiting = plan.tasks.map((task) => ({ task, coverage }));
    if (Math.min(jobs, waiting.length) > 1) {
      await inThreads(waiting, jobs, { done, ran: (each) => covered.push(each) });
    } else {
      const readers = coverage ? new CodeReaders() : undefined;
      for (const { task } of waiting) covered.push(...(await runTask(task, done, readers)));
    }
  } finally {
    terminal.progress('');
  }
  return { outcomes, covered };
}

interface Listener {
  readonly done: (outcome: Outcome) => void;
  readonly ran: (covered: CaseCoverage) => void;
}

/** @param waiting tasks, which are taken out */
async function inThreads(waiting: ThreadTask[], jobs: number, listener: Listener): Promise<void> {
  const workers = Array.from(
    { length: Math.min(jobs, waiting.length) },
    () => new Worker(new URL('./test-worker.js', import.meta.url)),
  );
  try {
    await Promise.all(workers.map((worker) => serve(worker, waiting, listener)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives a thread tasks until there are no more. */
function serve(worker: Worker, waiting: ThreadTask[], { done, ran }: Listener): Promise<void> {
  const receiver = new HitsReceiver();
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = waiting.shift();
      if (task === undefined) resolve();
      else worker.postMessage(task);
    };
    worker.on('message', (message: ThreadMessage) => {
      switch (message.kind) {
        case 'case':
          done(message.outcome);
          break;
        case 'covered': {
          const { subject, slot, posted } = message;
          ran({ subject, slot, hits: receiver.unpack(posted) });
          break;
        }
        case 'idle':
          next();
          break;
        case 'ended':
          reject(new EndedInThread(message.ending));
      }
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
