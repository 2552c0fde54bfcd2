// The names of tests in a report, and their order.

import { expect, test } from 'vitest';
import { addCoverage } from './case-coverage.ts';
import type { Subject } from './plan.ts';
import { defaultSuite } from './read.ts';

const subject = (file: string): Subject => ({
  ...{ suite: defaultSuite(file), arch: 'i386', module: file, requires: [] },
});

test('cases come in the order of the files, behind what they have in common', () => {
  const subjects = [subject('a/m.ko'), subject('n.ko'), subject('b/m.ko')];
  const names: string[] = [];
  const report = { addHits: (name: string) => void names.push(name) };
  const ran = [2, 1, 0].flatMap((at) => [0, undefined].map((slot) => ({ subject: at, slot })));
  addCoverage(
    report,
    { subjects },
    ran.map((each) => ({ ...each, hits: [] })),
  );
  const life = 'loads, inits, exits, leaks nothing';
  expect(names).toEqual([
    ...['m/i386', `m/i386: ${life}`, 'n/i386', `n/i386: ${life}`],
    ...['m (2)/i386', `m (2)/i386: ${life}`],
  ]);
});
