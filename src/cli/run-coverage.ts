// modbox run --coverage, and modbox test --coverage: what ran of the modules, as a
// table, and as a tracefile of lcov when a file is named.

import { dirname } from 'node:path';
import type { Tallies, Tally } from '../coverage/file-coverage.ts';
import type { CodeRecord } from '../coverage/recorder.ts';
import type { CoverageReport } from '../coverage/report.ts';
import { coverageSummary } from '../coverage/summary.ts';
import { openCoverageReport, writeCoverage } from '../host/coverage.ts';
import { sourceFiles } from '../host/source-files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { InputError } from './errors.ts';
import type { Json } from './json.ts';
import { visible } from './terminal.ts';

/** The one test of a run, in the tracefile. */
const TEST = 'run';

export async function coverageOf({ arch }: Kernel, record: CodeRecord): Promise<CoverageReport> {
  const report = await openCoverageReport(arch.name);
  report.add(TEST, record);
  return report;
}

/**
 * @param path the tracefile; '' or undefined: none
 * @param modules files of modules, beside which their sources may be
 * @throws InputError when it cannot be written
 */
export function saveCoverage(
  report: CoverageReport,
  path: string | undefined,
  modules: readonly string[],
): void {
  if (path === undefined || path === '') return;
  const folders = [process.cwd(), ...modules.map((file) => dirname(file))];
  try {
    writeCoverage(path, report, sourceFiles({ sourceMap: [], sourcePath: [], folders }));
  } catch (error) {
    throw new InputError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function coverageText(report: CoverageReport): string {
  const lines = coverageSummary(report.modules(), report.totals());
  return lines.length === 0
    ? 'coverage: no module was loaded\n'
    : `${lines.map(visible).join('\n')}\n`;
}

/** Of each module. */
export function coverageJson(report: CoverageReport): Json {
  return report
    .modules()
    .map(({ name, arch, file, ...tallies }) => ({ name, arch, file, ...talliesJson(tallies) }));
}

export function talliesJson({ functions, lines, branches, instructions }: Tallies) {
  const pair = ({ found, hit }: Tally) => ({ found, hit });
  return {
    functions: pair(functions),
    lines: pair(lines),
    branches: pair(branches),
    instructions: pair(instructions),
  };
}
