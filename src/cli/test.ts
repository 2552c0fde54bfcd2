// modbox test: run suites of modules, each case on a machine that begins anew from a
// snapshot, and report.

import { writeFileSync } from 'node:fs';
import type { CoverageReport } from '../coverage/report.ts';
import { openCoverageReport } from '../host/coverage.ts';
import { addCoverage } from '../suite/case-coverage.ts';
import type { Plan } from '../suite/plan.ts';
import { casesIn, planOf, reportOf } from '../suite/plan.ts';
import { reportJson } from '../suite/report-json.ts';
import { reportJunit } from '../suite/report-junit.ts';
import { reportKtap } from '../suite/report-ktap.ts';
import { allCases, type CaseResult, type Report, type SuiteResult } from '../suite/results.ts';
import { InputError } from './errors.ts';
import { jsonText } from './json.ts';
import { coverageJson, coverageText, saveCoverage, talliesJson } from './run-coverage.ts';
import { plainStyle, type Style, type Terminal } from './terminal.ts';
import { readSubjects } from './test-input.ts';
import { type Format, parseTestOptions, selection, type TestOptions } from './test-options.ts';
import { runPlan } from './test-run.ts';
import { testText } from './test-text.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox test FILE|DIR... [options]

Runs suites: what modules are expected to print, answer and leave behind stands in
files beside them (crc16.test.toml beside crc16.ko; docs/testing.md tells how). A
module without expectations must load, init, exit and leak nothing. FILE is a suite,
a module, or a package or archive of modules; of a DIR everything in it.

Every case begins on a machine that has just loaded the module, and nothing that a
case does is seen by another: a fault, a panic or an endless loop fails that case.

  --case NAME        only the case of this name, or those whose name the regular
                     expression NAME matches
  --arch ARCH        only on i386, amd64, armv7 or aarch64; may be repeated
  --path DIR         look for modules there too, {arch} in it stands for the
                     architecture; may be repeated
  --budget TIME      virtual time that init, exit or a call may take, as 20ms: a byte
                     of machine code takes a nanosecond; default 1s
  --missing trap|refuse  of a Linux module that uses symbols nobody has: a case that
                     reaches one is inconclusive (the default), or it does not load
  --check            watch modules closely: heap, locks, freed memory, wild writes; what
                     is found fails the case (docs/checks.md)
  --ram MIB          memory of the machine, a multiple of 4; default 64
  -j, --jobs N       threads; default: one for each core. Results do not depend on it
  --seed N           run the cases in another order, which N makes
  --shard I/N        only the I-th of N parts
  --format FORMAT    human (default), ktap, junit or json; may be repeated
  -o, --output FILE  write the --format before it to FILE; the suffix says which when
                     there is none: .xml .json .ktap .tap .txt
  --json             like --format json
  --coverage[=FILE]  show what ran of the modules: functions, lines, branches; and write
                     it to FILE, case by case, for genhtml and others that read lcov's
                     tracefiles
  --allow-inconclusive  exit with 0 although cases reached what modbox does not model

  modbox test crc16.test.toml --arch amd64
  modbox test lib/ --format ktap --output results.xml
  modbox test linux-image.deb

Exit status: 0 all passed or were skipped; 1 a case failed or is inconclusive; 2 wrong
usage, a file that cannot be used, or no case to run.
`;

async function test(args: readonly string[], terminal: Terminal): Promise<Status> {
  const options = parseTestOptions(args);
  if (options.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  const plan = planned(options);
  const { jobs, coverage: trace } = options;
  const ran = await runPlan(plan, { jobs, coverage: trace !== undefined }, terminal);
  const report = reportOf(plan, ran.outcomes);
  const coverage = trace === undefined ? undefined : await openCoverageReport();
  if (coverage !== undefined) addCoverage(coverage, plan, ran.covered);
  const results = { report, coverage };
  for (const { format, file } of options.targets)
    if (file === undefined) terminal.out(textOf(results, format, options, terminal.style));
    else writeReport(file, textOf(results, format, options, plainStyle));
  // Last, so that a file that cannot be written takes nothing away.
  const modules = plan.subjects.flatMap(({ module, suite }) => [module, suite.file]);
  if (coverage !== undefined) saveCoverage(coverage, trace, modules);
  return statusOf(report, options);
}

function planned(options: TestOptions): Plan {
  const subjects = readSubjects(options);
  const names = subjects.flatMap(({ suite }) => suite.cases.map(({ name }) => name));
  const select = selection(options.pattern, names);
  const plan = planOf(subjects, { ...options, select });
  if (casesIn(plan) > 0) return plan;
  const which = options.pattern === undefined ? '' : ` that --case '${options.pattern}' means`;
  throw new InputError(`${options.names.join(', ')}: there is no case${which}`);
}

function statusOf(report: Report, { allowInconclusive }: TestOptions): Status {
  const isGood = ({ verdict }: CaseResult): boolean =>
    verdict !== 'failed' && (verdict !== 'inconclusive' || allowInconclusive);
  return allCases(report).every(isGood) ? STATUS.ok : STATUS.failed;
}

interface Results {
  readonly report: Report;
  readonly coverage: CoverageReport | undefined;
}

function textOf(
  { report, coverage }: Results,
  format: Format,
  options: TestOptions,
  style: Style,
): string {
  switch (format) {
    case 'human': {
      const rerun = (suite: SuiteResult, result: CaseResult) => again(options, suite, result);
      const text = testText(report, { style, again: rerun });
      return coverage === undefined ? text : `${text}\n${coverageText(coverage)}`;
    }
    case 'ktap':
      return reportKtap(report);
    case 'junit':
      return reportJunit(report);
    case 'json':
      return jsonText({ ...reportJson(report), ...(coverage && coverageKeys(coverage)) });
  }
}

function coverageKeys(coverage: CoverageReport) {
  const totals = talliesJson(coverage.totals());
  return { coverage: { totals, modules: coverageJson(coverage) } };
}

/** The command that runs one case; quoted for a shell. */
function again(options: TestOptions, { file, arch }: SuiteResult, { name }: CaseResult): string {
  const words = [
    ...['modbox', 'test', file, '--case', name, '--arch', arch],
    ...options.searchPath.flatMap((folder) => ['--path', folder]),
    ...(options.missing === 'trap' ? [] : ['--missing', options.missing]),
    ...(options.checks ? ['--check'] : []),
    ...(options.budgetNs === undefined ? [] : ['--budget', `${options.budgetNs}ns`]),
    ...(options.ramBytes === undefined ? [] : ['--ram', `${options.ramBytes >> 20}`]),
  ];
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--output ${file}: ${reason}`);
  }
}

export const testVerb: Verb = {
  name: 'test',
  summary: 'run suites of modules, every case on a fresh machine',
  help,
  run: test,
};
