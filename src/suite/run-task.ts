// Runs the cases of a task on a machine of their own.

import type { CaseCoverage, CodeReaders } from './case-coverage.ts';
import { Fixture } from './fixture.ts';
import type { Outcome, Task } from './plan.ts';
import { runCase } from './run-case.ts';

/**
 * @param done is told of each case as it ends
 * @param readers of this thread, when what runs is to be recorded
 * @returns what each case ran, and what ran before them; empty without `readers`
 * @throws what Fixture.open() throws
 */
export async function runTask(
  task: Task,
  done: (outcome: Outcome) => void,
  readers?: CodeReaders,
): Promise<readonly CaseCoverage[]> {
  const { subject, cases } = task;
  const reader = await readers?.of(task.arch);
  const fixture = await Fixture.open(task, reader !== undefined);
  const covered: CaseCoverage[] = [];
  try {
    for (const { slot, test } of cases) {
      const result = runCase(fixture, test);
      if (reader !== undefined)
        covered.push({ subject, slot, hits: reader.read(fixture.takeCoverage()) });
      done({ subject, slot, result });
    }
    if (reader !== undefined)
      covered.push({ subject, slot: undefined, hits: reader.read(fixture.loading) });
    return covered;
  } finally {
    fixture.close();
  }
}
