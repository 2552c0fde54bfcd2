// Runs the cases of a task on a machine of their own.

import { Fixture } from './fixture.ts';
import type { Outcome, Task } from './plan.ts';
import { runCase } from './run-case.ts';

/**
 * @param done is told of each case as it ends
 * @throws what Fixture.open() throws
 */
export async function runTask(task: Task, done: (outcome: Outcome) => void): Promise<void> {
  const fixture = await Fixture.open(task);
  try {
    for (const { slot, test } of task.cases)
      done({ subject: task.subject, slot, result: runCase(fixture, test) });
  } finally {
    fixture.close();
  }
}
