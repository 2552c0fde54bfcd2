// Suites on machines: each case begins anew, whatever the one before did, and what is
// not as it was expected is told.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { root, samplePath } from '../src/host/assets.ts';
import type { PlanOptions } from '../src/suite/plan.ts';
import type { CaseResult } from '../src/suite/results.ts';
import { buildModule } from './support/build-module.ts';
import { type Action, actionNumber, chameleon } from './support/chameleon.ts';
import { buildLinux } from './support/linux-c.ts';
import { filesOn, runCases, runSuite, verdictsOf } from './support/suite.ts';

const source = `
#include <sys/module.h>
#include <sys/thread.h>
MODULE(MODULE_CLASS_MISC, tested, NULL);
int count(void), refuse(int), start(void);
void rest(void), fill(unsigned char *, size_t);
char *greeting(void);
int counter = 100;
int count(void) { return ++counter; }
int refuse(int e) { return -e; }
void rest(void) { delay(1000000); }
void fill(unsigned char *p, size_t n) { for (size_t i = 0; i < n; i++) p[i] = (unsigned char)i; }
char *greeting(void) { static char text[] = "hello"; return text; }
static void bad(void *arg) { *(volatile int *)arg = 1; }
int start(void) { return thread_create("bad", bad, NULL) == NULL; }
static int tested_modcmd(modcmd_t cmd, void *arg) { (void)cmd; (void)arg; return 0; }
`;

const sortOf = `
int nobody_has_this(int);
void remove_proc_entry(const char *, void *);
int alloc_chrdev_region(unsigned *, unsigned, unsigned, const char *);
int work(int), keep(void);
void warn(void);
int work(int n) { return n > 5 ? nobody_has_this(n) + 1 : n; }
void warn(void) { remove_proc_entry("nothing", 0); __asm__ volatile(""); }
int keep(void) { unsigned dev; return alloc_chrdev_region(&dev, 0, 1, "kept") + 0 * (int)dev; }
static int start(void) { return 0; }
static void stop(void) { }
LINUX_MODULE(start, stop)
`;
const refusing = `
static int start(void) { return -19; }
static void stop(void) { }
LINUX_MODULE(start, stop)
`;

describe.each(archNames)('%s', (arch) => {
  let disk: ReturnType<typeof filesOn>;
  beforeAll(() => {
    disk = filesOn([
      chameleon(arch),
      buildModule(arch, 'tested', { source }),
      buildLinux(arch, 'sort_of', sortOf),
      buildLinux(arch, 'refusing', refusing),
    ]);
  });
  afterAll(() => disk.remove());

  const tested = (text: string): Promise<readonly CaseResult[]> =>
    runCases(text, { arch, module: disk.path('tested.ko') });
  const only = async (text: string): Promise<CaseResult | undefined> =>
    (await tested(`[[case]]\nname = "c"\n${text}`))[0];
  const call = (name: string, text: string): string =>
    `[[case]]\nname = "${name}"\ncall = '${text}'\n`;

  test('what a case changes is unchanged for the next', async () => {
    const counts = `${call('one', 'count()')}returns = 101\n`;
    expect(verdictsOf(await tested(counts + counts.replace('one', 'two')))).toEqual([
      'one: passed',
      'two: passed',
    ]);
  });

  test.for<Action>([
    ...(['nullderef', 'wildjump', 'undefined', 'overflow', 'spin', 'spinmasked'] as const),
    ...(['panic', 'assertion', 'freetwice', 'writetext'] as const),
  ])('%s fails its case, and the next begins on a whole machine', async (action) => {
    const text =
      call('bad', `chameleon_do(${actionNumber(action)})`) +
      `${call('good', 'chameleon_negate(1):s32')}returns = -1\n`;
    const cases = await runCases(text, { arch, module: disk.path('chameleon.ko') });
    expect(verdictsOf(cases)).toEqual(['bad: failed', 'good: passed']);
    expect(cases[0]?.findings).toHaveLength(1);
    expect(cases[0]?.findings[0]?.what).toMatch(/^(faulted|the machine died)$/);
  });

  test('a fault is told with its source line', async () => {
    const result = await runCases('', { arch, module: samplePath(arch, 'nullderef') });
    expect(result[0]).toMatchObject({
      verdict: 'failed',
      findings: [{ about: 'init', what: 'faulted', found: expect.stringMatching(/^page fault: /) }],
      faults: [{ kind: 'page-fault', source: 'modules/nullderef/nullderef.c:23' }],
      console: expect.stringMatching(/^nullderef: weighing\nOops: page fault/),
    });
  });

  test('a fault in the background is no pass', async () => {
    const steps = '[[case.step]]\ncall = "start()"\n[[case.step]]\ncall = "rest()"';
    expect(await only(steps)).toMatchObject({
      verdict: 'failed',
      findings: [{ about: 'console', what: 'faulted in the background' }],
    });
  });

  test.for<[string, string, string, string]>([
    ['count()', 'returns = 7', '7', '101 (0x65)'],
    ['count()', 'returns = "< 101"', '< 101', '101 (0x65)'],
    ['refuse(5)', 'returns = "-EINVAL"', '-EINVAL, which is -22 (-0x16)', '-5 (-0x5)'],
    ['refuse(5)', 'returns = ">= 0"', '>= 0', '-5 (-0x5)'],
    ['fill(out=[4], 4)', `memory = { out = 'x"00010203 ff"' }`, '00 01 02 03 ff', '00 01 02 03'],
    ['fill(out=[4], 4)', 'memory = { "out + 2 : u16" = 5 }', '5', '770 (0x302)'],
    ['count()', 'console = ["x"]', '"x"', 'no more'],
    ['count()', 'fault = "divide"', 'divide', ''],
  ])('%s with %s fails: wanted %s, found %s', async ([code, expectation, wanted, found]) => {
    const result = await only(`call = '${code}'\n${expectation}`);
    expect(result?.verdict).toBe('failed');
    expect(result?.findings).toHaveLength(1);
    expect(result?.findings[0]).toMatchObject({ wanted });
    expect(result?.findings[0]?.found ?? '').toContain(found);
  });

  test.for<[string, string]>([
    ['count()', 'returns = 101'],
    ['count()', 'memory = { "&counter : s32" = 101 }'],
    ['refuse(22)', 'returns = "-EINVAL"'],
    ['refuse(22)', 'returns = -22'],
    ['refuse(22):u8', 'returns = 0xea'],
    ['refuse(1)', 'returns = "< 0"'],
    ['greeting()', 'let = "p"\nmemory = { p = \'"hello\\\\0"\', "p + 1" = \'x"65"\' }'],
    ['fill(out=[40], 40)', 'memory = { "out + 38" = \'x"2627"\' }'],
    ['kmem_alloc(16)', 'returns = "!= 0"'],
  ])('%s with %s passes', async ([code, expectation]) => {
    const text = `call = '${code}'\n${expectation.replaceAll('\\\\', '\\')}`;
    expect((await only(text))?.findings).toEqual([]);
  });

  test.for<[string, RegExp]>([
    ['counts()', /^no module has counts, nor does the kernel; did you mean count\?$/],
    ['count(x)', /^nothing before is called x$/],
    ['count(counter)', /^nothing before is called counter; did you mean &counter\?$/],
    ['count(&nowhere)', /^no module has nowhere, nor does the kernel$/],
    [`count(${'b=[1048576],'.repeat(16)}0)`, /^the guest has no 1048576 bytes left$/],
  ])('%s is told', async ([code, sentence]) => {
    expect((await only(`call = '${code}'`))?.findings[0]?.what).toMatch(sentence);
  });

  test('64 bits go from one call to the next on machines of 32, too', async () => {
    const steps = [
      'call = "chameleon_wide(1, 0x1122334455667788LL, 2, 0LL):u64"\nlet = "sum"',
      'call = "chameleon_wide(0, sum, 0, 0LL):u64"\nreturns = "sum"',
    ];
    const text = `[[case]]\nname = "c"\n${steps.map((step) => `[[case.step]]\n${step}`).join('\n')}`;
    const cases = await runCases(text, { arch, module: disk.path('chameleon.ko') });
    expect(cases[0]?.findings).toEqual([]);
  });

  test('leaks of a life are counted, those of buffers are not the module\u2019s', async () => {
    const text = `leaks = 1\n[[case.step]]\ncall = 'chameleon_keep(100)'
[[case.step]]\ncall = 'chameleon_reverse(b=[64], 64)'`;
    const life = (wanted: string): string =>
      `[[case]]\nname = "${wanted}"\n${text.replace('1', wanted)}\n`;
    const cases = await runCases(life('1') + life('0'), {
      arch,
      module: disk.path('chameleon.ko'),
    });
    expect(verdictsOf(cases)).toEqual(['1: passed', '0: failed']);
    expect(cases[1]?.findings).toMatchObject([
      { about: 'exit', what: 'leaked', wanted: '0 blocks' },
    ]);
  });

  test('with checks a case fails for what is noticed, and the next begins clean', async () => {
    const module = join(root, 'build', 'test-modules', arch, 'planted.ko');
    const text = `
[[case]]
name = "writes beyond its block"
call = "planted_off_by_one()"
[[case]]
name = "does nothing wrong"
call = 'planted_clean("text", 4)'`;
    const run = (checks: boolean) => runCases(text, { arch, module, options: { checks } });
    expect(verdictsOf(await run(true))).toEqual([
      'writes beyond its block: failed',
      'does nothing wrong: passed',
    ]);
    expect(verdictsOf(await run(false))).toEqual([
      'writes beyond its block: passed',
      'does nothing wrong: passed',
    ]);
  });

  test('a budget is held to on both sides', async () => {
    const module = samplePath(arch, 'workload');
    const text = call('round', 'workload_run(1):u32');
    const [measured] = await runCases(text, { arch, module, options: { budgetNs: 1e9 } });
    const ns = measured?.ns ?? 0;
    expect(measured?.verdict).toBe('passed');
    const within = async (budgetNs: number): Promise<string | undefined> =>
      (await runCases(text, { arch, module, options: { budgetNs } }))[0]?.verdict;
    expect(await within(Math.round(ns * 1.1))).toBe('passed');
    expect(await within(Math.round(ns * 0.9))).toBe('failed');
  });

  test('the order is of no consequence', async () => {
    const text =
      call('a', 'count()') +
      call('b', 'chameleon_peek(0)') +
      '[[case]]\nname = "life"\n' +
      `${call('d', 'kmem_alloc(100)')}returns = "!= 0"\n`;
    const run = { arch, module: disk.path('tested.ko') };
    const inOrder = await runSuite(text, run);
    for (const seed of [1, 2, 3]) {
      const { suites } = await runSuite(text, { ...run, options: { seed } });
      expect(suites).toEqual(inOrder.suites);
    }
  });

  describe('a Linux module', () => {
    const linux = (text: string, options: Partial<PlanOptions> = {}) =>
      runCases(text, { arch, module: disk.path('sort_of.ko'), options });

    test('that reaches what nobody has is inconclusive, and what does not is judged', async () => {
      const text = `${call('beyond', 'work(6)')}returns = 6\n${call('within', 'work(5):s32')}returns = 5\n`;
      expect(await linux(text)).toMatchObject([
        { verdict: 'inconclusive', reason: 'it calls nobody_has_this, which is not there' },
        { verdict: 'passed', reason: undefined },
      ]);
    });

    test('that may not lack symbols is not loaded', async () => {
      const cases = await linux(call('within', 'work(5)'), { missing: 'refuse' });
      expect(verdictsOf(cases)).toEqual(['within: failed']);
      expect(cases[0]?.findings[0]?.found).toContain('symbol nobody_has_this is not defined');
    });

    test('has the errors of Linux, in init too', async () => {
      const text = `[[case]]\nname = "init"\ninit = "-ENODEV"\n[[case]]\nname = "other"\ninit = -22`;
      const run = { arch, module: disk.path('refusing.ko') };
      expect(verdictsOf(await runCases(text, run))).toEqual(['init: passed', 'other: failed']);
    });

    test('is warned of, which fails a case that does not expect it', async () => {
      const text = (name: string, findings: string): string =>
        `${call(name, 'warn()')}${findings}\n`;
      const cases = await linux(
        text('bare', '') +
          text('told', 'findings = ["/^warning: remove_proc_entry: there is no/"]') +
          call('quiet', 'work(1)') +
          'findings = ["..."]\n' +
          text('otherwise', 'findings = ["warning: x"]'),
      );
      expect(verdictsOf(cases)).toEqual([
        ...['bare: failed', 'told: passed', 'quiet: passed', 'otherwise: failed'],
      ]);
      expect(cases[0]?.findings).toMatchObject([
        { about: 'kernel', found: expect.stringMatching(/^warning: .*, at warn\+/) },
      ]);
    });

    test('that leaves something registered leaks', async () => {
      const life = (name: string, leaks: string): string =>
        `[[case]]\nname = "${name}"\nleaks = ${leaks}\n[[case.step]]\ncall = "keep():s32"\nreturns = 0\n`;
      const cases = await linux(life('none', '0') + life('one', '{ registered = 1 }'));
      expect(verdictsOf(cases)).toEqual(['none: failed', 'one: passed']);
      expect(cases[0]?.findings[0]?.found).toMatch(/ 1 registered\n[^\n]*, registered by keep\+/);
    });
  });

  test('a module that cannot be loaded fails the cases that call it', async () => {
    const text = call('a', 'f()');
    const cases = await runCases(text, { arch, module: samplePath(arch, 'needs_missing') });
    expect(cases[0]).toMatchObject({
      verdict: 'failed',
      findings: [{ about: expect.stringMatching(/^loading .*needs_missing.ko$/), what: 'failed' }],
    });
  });

  test('what is required is loaded first', async () => {
    const text = `${call('sum', 'provider_sum(0, 0)')}returns = 0\n`;
    const run = { arch, module: samplePath(arch, 'hello') };
    const requires = [samplePath(arch, 'provider')];
    expect(verdictsOf(await runCases(text, { ...run, requires }))).toEqual(['sum: passed']);
    expect(verdictsOf(await runCases(text, run))).toEqual(['sum: failed']);
  });
});
