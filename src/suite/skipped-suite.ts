// A suite that cannot run, as one in which every case is skipped for the same reason.

import type { Suite } from './model.ts';

export function skippedSuite(suite: Suite, reason: string): Suite {
  return { ...suite, cases: suite.cases.map((test) => ({ ...test, skip: test.skip ?? reason })) };
}
