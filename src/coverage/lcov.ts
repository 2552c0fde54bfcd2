// The tracefile of lcov, as geninfo(1) describes it: what genhtml, and most services
// and editors that show coverage, read.  One test after the other, each with the files
// whose code was loaded in it.

import { type FileCoverage, totalOf } from './file-coverage.ts';
import type { CoverageReport } from './report.ts';

/** @param pathOf where a file is on this computer */
export function lcovTrace(
  report: Pick<CoverageReport, 'tests' | 'files'>,
  pathOf: (file: FileCoverage) => string = ({ file }) => file,
): string {
  const names = testNames(report.tests);
  const tests = report.tests.map((test, i) =>
    report.files(test).map((file) => recordOf(names[i] ?? test, pathOf(file), file)),
  );
  return tests.flat().join('');
}

function recordOf(test: string, path: string, file: FileCoverage): string {
  const totals = totalOf([file]);
  const out = [
    `TN:${test}`,
    `SF:${path}`,
    ...file.functions.map(({ line, name }) => `FN:${line},${name}`),
    ...file.functions.map(({ count, name }) => `FNDA:${count},${name}`),
    `FNF:${totals.functions.found}`,
    `FNH:${totals.functions.hit}`,
    ...file.branches.flatMap(({ line, block, reached, elsewhere, on }) =>
      [elsewhere, on].map((count, way) => `BRDA:${line},${block},${way},${reached ? count : '-'}`),
    ),
    `BRF:${totals.branches.found}`,
    `BRH:${totals.branches.hit}`,
    ...[...file.lines].map(([line, count]) => `DA:${line},${count}`),
    `LF:${totals.lines.found}`,
    `LH:${totals.lines.hit}`,
    'end_of_record',
  ];
  return `${out.join('\n')}\n`;
}

/**
 * lcov takes letters, digits and underscores, and complains of all else; two tests that
 * would be one are numbered.
 */
function testNames(tests: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return tests.map((test) => {
    const plain = test.replace(/[^A-Za-z0-9_]/g, '_');
    let name = plain;
    for (let i = 2; taken.has(name); i++) name = `${plain}_${i}`;
    taken.add(name);
    return name;
  });
}
