// modbox test --coverage: what each case ran is told of that case, whichever cases ran
// before it on its machine, in which order, and on how many threads.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { readSubjects } from '../src/cli/test-input.ts';
import { HitsReceiver, HitsSender } from '../src/coverage/posted-hits.ts';
import type { CoverageReport } from '../src/coverage/report.ts';
import { cacheFolder, debianPath, root } from '../src/host/assets.ts';
import { openCoverageReport } from '../src/host/coverage.ts';
import { addCoverage, type CaseCoverage, CodeReaders } from '../src/suite/case-coverage.ts';
import { type Outcome, type PlanOptions, planOf, type Subject } from '../src/suite/plan.ts';
import { runTask } from '../src/suite/run-task.ts';
import { buildModule } from './support/build-module.ts';
import { modbox } from './support/command.ts';
import { sample } from './support/guest.ts';
import { filesOn, suiteOf } from './support/suite.ts';

const GENHTML = 'genhtml';
const SOURCE = 'test/modules/branches/branches.c';
const folder = mkdtempSync(join(tmpdir(), 'modbox-coverage-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = `
module = "${join(root, 'build/test-modules/{arch}/branches.ko')}"
[[case]]
name = "positive"
call = "sign(3)"
returns = 1
[[case]]
name = "faults"
call = "peek(0)"
fault = "page-fault"
[[case]]
name = "negative"
call = "sign(-3)"
returns = -1
[[case]]
name = "comes and goes"
[[case]]
name = "too slow"
call = "total(100000000)"
fault = "watchdog"
[[case]]
name = "comes, adds and goes"
call = "total(0)"
leaks = 0
[[case]]
name = "skipped"
skip = "for a reason"
[[case]]
name = "fails"
call = "sign(0)"
returns = 7
`;

/** Loads another module itself. */
const fetching = `
#include <sys/module.h>
MODULE(MODULE_CLASS_MISC, fetcher, NULL);
int fetch(void), release(void), wait(void);
int fetch(void)
{
	modctl_load_t load = { .ml_filename = "hello" };
	return modctl(MODCTL_LOAD, &load);
}
int release(void)
{
	int error = fetch();
	return error != 0 ? error : modctl(MODCTL_UNLOAD, (void *)(uintptr_t)"hello");
}
int wait(void) { return 0; }
static int fetcher_modcmd(modcmd_t cmd, void *arg) { (void)cmd; (void)arg; return 0; }
`;

const branchesOn = (arch: ArchName): Subject => ({
  ...{ suite: suiteOf(text), arch, requires: [] },
  module: join(root, 'build/test-modules', arch, 'branches.ko'),
});

const usual = { seed: undefined, shard: undefined, budgetNs: 2e6, ramBytes: undefined };

interface Ran {
  readonly covered: readonly CaseCoverage[];
  readonly outcomes: readonly Outcome[];
}

async function ran(
  subjects: readonly Subject[],
  options: Partial<PlanOptions> = {},
  readers: CodeReaders | 'none' = new CodeReaders(),
): Promise<Ran> {
  const more = { missing: 'trap', checks: false, searchPath: [], select: () => true } as const;
  const { tasks } = planOf(subjects, { ...usual, ...more, ...options });
  const covered: CaseCoverage[] = [];
  const outcomes: Outcome[] = [];
  const done = (outcome: Outcome): void => void outcomes.push(outcome);
  for (const task of tasks)
    covered.push(...(await runTask(task, done, readers === 'none' ? undefined : readers)));
  return { covered, outcomes: outcomes.toSorted((a, b) => a.slot - b.slot) };
}

async function reportOn(
  subjects: readonly Subject[],
  covered: readonly CaseCoverage[],
): Promise<CoverageReport> {
  const report = await openCoverageReport();
  addCoverage(report, { subjects }, covered);
  return report;
}

/** Of each line of the source that any test ran, which did. */
function attribution(report: CoverageReport): Readonly<Record<number, readonly string[]>> {
  const lines = [...(report.files()[0]?.lines.keys() ?? [])];
  const found = lines.map((line) => [line, report.testsOf(SOURCE, line)] as const);
  return Object.fromEntries(found.filter(([, tests]) => tests.length > 0));
}

/** Code of each object that ran, as text that can be compared. */
const plain = ({ hits }: CaseCoverage): readonly string[] =>
  hits.map(
    ({ code, hits: { ran: each, went } }) => `${code.file} ${each.join('')} ${went.join('')}`,
  );

describe.for(archNames)('%s', (arch) => {
  const subjects = [branchesOn(arch)];
  const t = (name: string): string => `branches/${arch}: ${name}`;
  const loading = `branches/${arch}`;
  const alive = [t('comes and goes'), t('comes, adds and goes')];

  test('every line is told of exactly the cases that ran it', async () => {
    const { covered, outcomes } = await ran(subjects);
    expect(outcomes.map(({ result }) => result.verdict)).toEqual([
      ...['passed', 'passed', 'passed', 'passed', 'passed', 'passed', 'failed'],
    ]);
    const report = await reportOn(subjects, covered);
    const [plus, minus, zero] = [t('positive'), t('negative'), t('fails')];
    const [slow, adds] = [t('too slow'), t('comes, adds and goes')];
    const all = [loading, ...alive];
    expect(attribution(report)).toEqual({
      // sign
      ...{ 14: [plus, minus, zero], 15: [plus, minus, zero], 16: [minus] },
      ...{ 17: [plus, zero], 18: [plus], 19: [zero], 20: [plus, minus, zero] },
      // total
      ...{ 24: [slow, adds], 25: [slow, adds], 27: [slow, adds], 28: [slow], 29: [adds] },
      // peek
      ...{ 40: [t('faults')], 41: [t('faults')], 43: [t('faults')] },
      // prepare, and the module's own function
      ...{ 50: all, 51: all, 52: all, 54: all },
      ...{ 58: all, 60: all, 62: all, 64: alive, 68: all },
    });
    expect(report.files()).toHaveLength(1);
  });

  test.for([1, 2, 3])('the order is of no consequence: seed %d', async (seed) => {
    const [one, other] = [await ran(subjects), await ran(subjects, { seed })];
    const [first, second] = [one, other].map(({ covered }) => reportOn(subjects, covered));
    expect((await second)?.files()).toEqual((await first)?.files());
    expect((await second)?.tests).toEqual((await first)?.tests);
    for (const name of (await first)?.tests ?? [])
      expect((await second)?.files(name), name).toEqual((await first)?.files(name));
  });

  test('results are the same without', async () => {
    const without = await ran(subjects, {}, 'none');
    expect(without.covered).toEqual([]);
    expect((await ran(subjects)).outcomes).toEqual(without.outcomes);
  });

  test('another thread is told the same', async () => {
    const [sender, receiver] = [new HitsSender(), new HitsReceiver()];
    const { covered } = await ran(subjects);
    const posted = covered.map(({ hits, ...where }) => ({
      ...where,
      hits: receiver.unpack(structuredClone(sender.pack(hits))),
    }));
    expect(posted).toEqual(covered);
    const codes = posted.flatMap(({ hits }) => hits.map(({ code }) => code));
    expect(new Set(codes).size).toBe(1);
    expect(codes[0]).not.toBe(covered[0]?.hits[0]?.code);
  });

  test('a module that one case loads is not in the next', async () => {
    const disk = filesOn([
      buildModule(arch, 'fetcher', { source: fetching }),
      sample(arch, 'hello'),
    ]);
    const cases = ['fetch', 'wait', 'release', 'wait'].map(
      (name, i) => `[[case]]\nname = "${i}"\ncall = "${name}()"\nreturns = 0\n`,
    );
    const suite = suiteOf(cases.join(''));
    const fetchers: Subject[] = [{ suite, arch, module: disk.path('fetcher.ko'), requires: [] }];
    const { covered, outcomes } = await ran(fetchers, { searchPath: [disk.path('')] });
    expect(outcomes.map(({ result }) => result.findings)).toEqual([[], [], [], []]);
    const found = covered.map(({ slot, hits }) => [slot, hits.map(({ code }) => code.name)]);
    expect(found).toEqual([
      [0, ['fetcher', 'hello']],
      [1, ['fetcher']],
      [2, ['hello', 'fetcher']],
      [3, ['fetcher']],
      [undefined, ['fetcher']],
    ]);
    disk.remove();
  });

  test('of the samples, each case alone runs what it runs among the others', async () => {
    const samples = readSubjects({ names: [join(root, 'modules')], archs: [arch], searchPath: [] });
    const readers = new CodeReaders();
    for (const subject of samples) {
      const whole = (await ran([subject], {}, readers)).covered;
      for (const each of whole) {
        const test = each.slot === undefined ? undefined : subject.suite.cases[each.slot];
        if (test === undefined) continue;
        const alone = await ran([subject], { select: (one) => one === test }, readers);
        const found = alone.covered.find(({ slot }) => slot === each.slot);
        expect(found && plain(found), test.name).toEqual(plain(each));
      }
    }
  });

  const crc16 = debianPath(process.env, arch, 'crc16');
  test.skipIf(!existsSync(crc16))('modules without lines have a listing', () => {
    const trace = join(folder, `debian-${arch}.info`);
    const where = ['--path', join(cacheFolder(process.env), 'debian', '{arch}'), '--arch', arch];
    const suite = 'examples/debian/crc16.test.toml';
    const { status, stdout } = modbox('test', suite, ...where, `--coverage=${trace}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n\ncoverage .*\ncrc16 +1\/1 100% +- +\d\/\d +\d+% +\d+\/\d+ +\d+%\n/);
    expect(readdirSync(`${trace}.listings`)).toEqual(['crc16.ko.disassembly']);
    const written = readFileSync(trace, 'utf8');
    const functions = [...written.matchAll(/^TN:(\w+)\nSF:.*\nFN:1,crc16\nFNDA:(\d)/gm)];
    expect(Object.fromEntries(functions.map(([, name, count]) => [name, count]))).toMatchObject({
      [`crc16_${arch}`]: '0',
      [`crc16_${arch}__check_value`]: '1',
      [`crc16_${arch}__loads__inits__exits__leaks_nothing`]: '0',
    });
  });
});

describe('modbox test --coverage', () => {
  const suite = join(folder, 'branches.test.toml');
  writeFileSync(suite, text);
  const run = (name: string, ...args: readonly string[]) => {
    const trace = join(folder, name);
    const ended = modbox('test', suite, '--budget', '2ms', `--coverage=${trace}`, ...args);
    return { ...ended, trace: readFileSync(trace, 'utf8') };
  };

  test('threads, order and parts change nothing', () => {
    const one = run('one.info', '-j', '1');
    expect(one.status).toBe(1);
    expect(run('two.info', '-j', '2')).toEqual(one);
    const other = run('three.info', '-j', '3', '--seed', '5');
    expect(other.trace).toBe(one.trace);
    const tests = (trace: string): readonly string[] => trace.match(/^TN:.*/gm) ?? [];
    expect(tests(one.trace)).toHaveLength(4 * 8);
    const parts = [1, 2, 3].flatMap((i) => tests(run('part.info', '--shard', `${i}/3`).trace));
    expect(new Set(parts)).toEqual(new Set(tests(one.trace)));
  });

  test('the table stands behind the results, which are those without it', () => {
    const { stdout } = run('table.info');
    const without = modbox('test', suite, '--budget', '2ms').stdout;
    expect(stdout.startsWith(`${without}\ncoverage `)).toBe(true);
    const table = stdout.slice(without.length);
    for (const arch of archNames)
      expect(table).toMatch(new RegExp(`^branches/${arch} +5/6 +83% +\\d+/\\d+`, 'm'));
    // Of one source there is one of each line and function.
    expect(table).toMatch(/^all +5\/6 +83% +\d+\/3\d /m);
    const alone = modbox('test', suite, '--budget', '2ms', '--coverage', '--arch', 'armv7').stdout;
    expect(alone).toMatch(/^branches +5\/6/m);
    expect(alone).not.toMatch(/^all /m);
  });

  test('with --json it is in the document', () => {
    const parse = (stdout: string): object => JSON.parse(stdout);
    const { coverage, ...rest }: { coverage?: unknown } = parse(run('json.info', '--json').stdout);
    const modules = archNames.map((arch) => ({
      ...{ name: 'branches', arch, functions: { found: 6, hit: 5 } },
    }));
    expect(coverage).toMatchObject({ totals: { functions: { found: 6, hit: 5 } }, modules });
    expect(rest).toEqual(parse(modbox('test', suite, '--budget', '2ms', '--json').stdout));
  });

  const genhtml = (...args: readonly string[]) => spawnSync(GENHTML, args, { encoding: 'utf8' });
  const hasLcov = genhtml('--version').status === 0;
  const why = hasLcov ? '' : ' (genhtml is not installed: apt-get install lcov)';
  test.skipIf(!hasLcov)(`genhtml takes it without a warning, as one source${why}`, () => {
    run('html.info');
    const html = ['-o', join(folder, 'html'), join(folder, 'html.info')];
    const { status, stdout, stderr } = genhtml('--branch-coverage', '--show-details', ...html);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toMatch(/warn/i);
    expect(stdout).toMatch(/functions\.\.: .* \(5 of 6 functions\)/);
  });

  test('a tracefile that cannot be written is an error, after the results', () => {
    const trace = join(folder, 'nowhere', 'x.info');
    const hello = ['modules/hello', '--arch', 'i386'];
    const { status, stdout, stderr } = modbox('test', ...hello, `--coverage=${trace}`);
    expect(status).toBe(2);
    expect(stdout).toContain('4 passed');
    expect(stderr).toContain(trace);
  });
});
