// Coverage of modules as they are: what is recorded of blocks is what ran, to the
// instruction and to the way each branch went, whoever records it; and no run is
// another one because of it.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Arch, type ArchName, archNames } from '../src/arch/arch.ts';
import { type ObjectCode, readCode } from '../src/coverage/code.ts';
import { addHits, type Hits, noHits, WENT } from '../src/coverage/hits.ts';
import { type CodeRecord, startCoverage } from '../src/coverage/recorder.ts';
import { openDecoder } from '../src/disasm/decoder.ts';
import { openCoverageReport } from '../src/host/coverage.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Job } from '../src/kernel/kernel-state.ts';
import type { Module } from '../src/kernel/module.ts';
import { unwrap } from '../src/kernel/results.ts';
import type { ModuleView } from '../src/kernel/view.ts';
import { buildModule } from './support/build-module.ts';
import { chameleon, testModule } from './support/chameleon.ts';
import { bootTest, sample } from './support/guest.ts';

const branches = (arch: ArchName): ObjectFile => ({
  name: 'branches.ko',
  bytes: testModule(arch, 'branches'),
});

async function codeOf(view: ModuleView, arch: Arch): Promise<ObjectCode> {
  const decoder = await openDecoder(arch.elfMachine);
  if (decoder === undefined || view.placed === undefined) throw new Error('no code');
  return readCode(view, view.placed, arch, decoder);
}

function hitsOf(code: ObjectCode, record: CodeRecord): Hits {
  const hits = noHits(code);
  for (const each of record) addHits(hits, code, each);
  return hits;
}

/** Which addresses ran, and where each was left to. */
type Trail = Map<bigint, Set<bigint>>;

/** Runs a job instruction by instruction. */
function stepThrough<T>(kernel: Kernel, job: Job<T>, trail: Trail): T {
  const { machine } = kernel;
  let faultedAt: bigint | undefined;
  machine.onException = (_event, pc) => {
    faultedAt = kernel.arch.thumbState === undefined ? pc : pc & ~1n;
  };
  while (!kernel.isDone(job)) {
    const { pc, entries } = machine.position;
    faultedAt = undefined;
    const stop = machine.step();
    if (stop !== undefined) kernel.serve(stop);
    // A fault is no way to leave an instruction, nor is an interrupt; a jump to where
    // there is no code is one, whose target faults.
    const jumped = faultedAt !== undefined && faultedAt !== pc;
    if (machine.position.entries !== entries && !jumped) continue;
    const left = trail.get(pc) ?? new Set();
    trail.set(pc, left.add(faultedAt ?? machine.position.pc));
  }
  return kernel.finish(job);
}

interface Work {
  readonly file: ObjectFile;
  readonly calls: readonly (readonly [string, ...bigint[]])[];
}

const finish = <T>(kernel: Kernel, job: Job<T>): T => {
  while (!kernel.isDone(job)) kernel.serve(kernel.machine.run(1e9));
  return kernel.finish(job);
};

/** Loads, calls and unloads, in a way that can be stepped. */
function perform(kernel: Kernel, { file, calls }: Work, run: typeof finish): void {
  const loaded = run(kernel, kernel.beginLoad(file));
  if (!loaded.ok) return;
  const { module } = loaded;
  for (const [name, ...words] of calls) {
    const target = module.symbol(name);
    if (target === undefined) throw new Error(`no ${name}`);
    const { thumb } = module.view.globals.get(name) ?? { thumb: false };
    const { wire } = kernel.arch.conventions.native;
    const at = (thumb ? target | 1n : target) as typeof target;
    run(kernel, kernel.beginCall(at, wire, words));
  }
  run(kernel, kernel.beginUnload(module));
}

const works = (arch: ArchName): readonly (readonly [string, Work])[] => [
  ['hello', { file: sample(arch, 'hello'), calls: [['hello_add', 1n, 2n]] }],
  ['nullderef', { file: sample(arch, 'nullderef'), calls: [] }],
  ['twins', { file: sample(arch, 'twins'), calls: [] }],
  ['workload', { file: sample(arch, 'workload'), calls: [['workload_run', 1n]] }],
  ['an undefined instruction', { file: chameleon(arch, { init: 'undefined' }), calls: [] }],
  ['a wild jump', { file: chameleon(arch, { init: 'wildjump' }), calls: [] }],
  ['a breakpoint', { file: chameleon(arch, { init: 'breakpoint' }), calls: [] }],
  [
    'branches',
    {
      file: branches(arch),
      calls: [
        ['sign', 3n],
        ['total', 4n],
        ['peek', 0n],
      ],
    },
  ],
];

async function sameAsSteps(arch: ArchName, work: Work): Promise<void> {
  const kernel = await bootTest(arch);
  const coverage = startCoverage(kernel);
  perform(kernel, work, finish);
  const record = coverage.take();
  const stepped = await bootTest(arch);
  const trail: Trail = new Map();
  perform(stepped, work, (each, job) => stepThrough(each, job, trail));

  const view = record[0]?.view;
  if (view === undefined) throw new Error('nothing was recorded');
  const code = await codeOf(view, kernel.arch);
  const { ran, went } = hitsOf(code, record);
  const [expected, ways] = [noHits(code), noHits(code)];
  for (const [index, places] of code.places)
    places.forEach((instruction, offset) => {
      const at = (view.segments[index]?.base ?? 0n) + BigInt(offset);
      const left = trail.get(at);
      const found = code.instructions[instruction];
      if (found === undefined || left === undefined) return;
      expected.ran[instruction] = 1;
      if (found.branch === undefined) return;
      const behind = at + BigInt(found.bytes);
      if (left.has(behind)) ways.went[found.branch] = WENT.on;
      if ([...left].some((to) => to !== behind))
        ways.went[found.branch] = (ways.went[found.branch] ?? 0) | WENT.elsewhere;
    });
  expect(ran).toContain(1);
  expect(ran).toEqual(expected.ran);
  expect(went).toEqual(ways.went);
  for (const each of [kernel, stepped]) each.close();
}

/** A record as text, block by block. */
const plain = (record: CodeRecord): readonly string[] =>
  record.flatMap(({ view, segments }) =>
    [...segments].flatMap(([index, words]) =>
      [...words].flatMap((word, at) =>
        word === 0 ? [] : [`${view.name} ${index}+${at}: 0x${word.toString(16)}`],
      ),
    ),
  );

const stateOf = ({ machine, console }: Kernel) => ({
  console,
  position: machine.position,
  slices: machine.slices,
  ram: createHash('sha256').update(machine.memory.ram).digest('hex'),
});

const SOURCE = 'test/modules/branches/branches.c';
/** Of sign(). */
const SIGN = [15, 16, 17, 18, 19, 20];

describe.for(archNames)('%s', (arch) => {
  test.for(works(arch))('%s: coverage is what single steps pass through', async ([, work]) => {
    await sameAsSteps(arch, work);
  });

  test('recorded by JavaScript it is the same as by machine code', async () => {
    const records = [];
    for (const slices of ['native', 'callback'] as const) {
      const kernel = await bootTest(arch, { slices });
      const coverage = startCoverage(kernel);
      for (const [, work] of works(arch)) perform(kernel, work, finish);
      records.push(plain(coverage.take()));
      kernel.close();
    }
    expect(records[0]).toEqual(records[1]);
  });

  test('no run is another one because it is recorded', async () => {
    const kernels = [await bootTest(arch), await bootTest(arch)];
    const [recorded] = kernels;
    if (recorded !== undefined) startCoverage(recorded);
    for (const kernel of kernels) for (const [, work] of works(arch)) perform(kernel, work, finish);
    const [first, second] = kernels.map(stateOf);
    expect(first).toEqual(second);
    for (const kernel of kernels) kernel.close();
  });

  test('however often the CPU is stopped on the way, the record is the same', async () => {
    const records = [];
    for (const pause of [Number.POSITIVE_INFINITY, 1]) {
      const kernel = await bootTest(arch);
      const coverage = startCoverage(kernel);
      perform(
        kernel,
        {
          file: branches(arch),
          calls: [
            ['total', 4n],
            ['sign', 0n],
          ],
        },
        (each, job) => {
          while (!each.isDone(job)) each.serve(each.machine.run(1e9, each.machine.now + pause));
          return each.finish(job);
        },
      );
      records.push(plain(coverage.take()));
      kernel.close();
    }
    expect(records[0]).toEqual(records[1]);
    expect(records[0]).not.toEqual([]);
  });

  test('nothing is recorded after the end', async () => {
    const kernel = await bootTest(arch);
    const coverage = startCoverage(kernel);
    coverage.stop();
    unwrap(kernel.load(sample(arch, 'hello')));
    expect(plain(coverage.take())).toEqual([]);
    expect(kernel.onLinked).toBeUndefined();
    kernel.close();
    coverage.stop();
  });

  test('a test that begins at a snapshot is told from the one before', async () => {
    const kernel = await bootTest(arch);
    const module = unwrap(kernel.load(branches(arch)));
    const report = await openCoverageReport(arch);
    const coverage = startCoverage(kernel);
    const snapshot = kernel.snapshot();
    const tests = { positive: 1, negative: -1, unloading: undefined, again: 0 };
    for (const [name, argument] of Object.entries(tests)) {
      snapshot.restore();
      if (argument === undefined) module.unload();
      else module.call('sign', argument);
      report.add(name, coverage.take());
    }
    expect(SIGN.map((line) => report.testsOf(SOURCE, line))).toEqual([
      ['positive', 'negative', 'again'],
      ['negative'],
      ['positive', 'again'],
      ['positive'],
      ['again'],
      ['positive', 'negative', 'again'],
    ]);
    expect(report.testsOf(SOURCE, 64)).toEqual(['unloading']);
    kernel.close();
  });

  test('a module that each test unloads is told of each', async () => {
    const kernel = await bootTest(arch);
    const module = unwrap(kernel.load(branches(arch)));
    const report = await openCoverageReport(arch);
    const coverage = startCoverage(kernel);
    const snapshot = kernel.snapshot();
    for (const name of ['one', 'two', 'three']) {
      snapshot.restore();
      module.unload();
      report.add(name, coverage.take());
    }
    expect(report.testsOf(SOURCE, 64)).toEqual(['one', 'two', 'three']);
    expect(report.testsOf(SOURCE, 62)).toEqual([]);
    kernel.close();
  });

  test('a report says when it is not open for an architecture', async () => {
    const kernel = await bootTest(arch);
    const coverage = startCoverage(kernel);
    unwrap(kernel.load(branches(arch)));
    const record = coverage.take();
    const others = await openCoverageReport(...archNames.filter((name) => name !== arch));
    expect(() => others.add('one', record)).toThrow('not open for its architecture');
    const all = await openCoverageReport(...archNames);
    all.add('one', record);
    expect(all.modules().map((each) => each.arch)).toEqual([arch]);
    kernel.close();
  });

  test('modules that take turns in one place are told apart', async () => {
    const kernel = await bootTest(arch);
    const report = await openCoverageReport(arch);
    const coverage = startCoverage(kernel);
    const places = ['hello', 'twins', 'hello'].map((name) => {
      const module = unwrap(kernel.load(sample(arch, name)));
      module.unload();
      return module.view.segments[0]?.base;
    });
    report.add('turns', coverage.take());
    expect(new Set(places).size).toBe(1);
    const ran = report.modules().map(({ name, functions }) => [name, functions.hit]);
    expect(ran).toEqual([
      ['hello', 1],
      ['castor', 2],
    ]);
    kernel.close();
  });

  test('modules that were there before are recorded too', async () => {
    const kernel = await bootTest(arch);
    const module = unwrap(kernel.load(branches(arch)));
    const report = await openCoverageReport(arch);
    const coverage = startCoverage(kernel);
    module.call('sign', 1);
    report.add('one', coverage.take());
    expect(linesOf(report.files(), SIGN)).toEqual([1, 0, 1, 1, 0, 1]);
    kernel.close();
  });

  test('a window that has to grow forgets nothing', async () => {
    const kernel = await bootTest(arch);
    const coverage = startCoverage(kernel);
    const names = Array.from({ length: 24 }, (_, i) => `chameleon${i}`);
    for (const name of names) unwrap(kernel.load(chameleon(arch, { name })));
    const ran = new Set(
      coverage
        .take()
        .filter(({ segments }) =>
          [...segments.values()].some((words) => words.some((w) => w !== 0)),
        )
        .map(({ view }) => view.name),
    );
    expect([...ran].sort()).toEqual([...names].sort());
    kernel.close();
  });

  test('lines and branches of a module are those that can be told in advance', async () => {
    const kernel = await bootTest(arch);
    const report = await openCoverageReport(arch);
    const coverage = startCoverage(kernel);
    const module = unwrap(kernel.load(branches(arch)));
    report.add('load', coverage.take());
    const run = (name: string, ...args: Parameters<Module['call']>): void => {
      module.call(...args);
      report.add(name, coverage.take());
    };
    run('minus', 'sign', -1);
    run('zero', 'sign', 0);
    run('total', 'total', 3);
    run('fault', 'peek', 0);
    module.unload();
    report.add('unload', coverage.take());

    const files = report.files();
    expect(files.map(({ file }) => file)).toEqual([SOURCE]);
    expect(Object.fromEntries(files[0]?.lines ?? [])).toEqual({
      // sign, of which each test went another way
      ...{ 14: 2, 15: 2, 16: 1, 17: 1, 18: 0, 19: 1, 20: 2 },
      // total
      ...{ 24: 1, 25: 1, 27: 1, 28: 1, 29: 1 },
      // never
      ...{ 34: 0, 35: 0 },
      // peek, which faults in line 43
      ...{ 40: 1, 41: 1, 43: 1, 44: 0, 45: 0 },
      // prepare, which is init code and gone when the first call runs
      ...{ 50: 1, 51: 1, 52: 1, 53: 0, 54: 1 },
      // branches_modcmd
      ...{ 58: 2, 60: 2, 62: 1, 64: 1, 66: 0, 68: 2 },
    });
    expect(files[0]?.functions).toEqual([
      { name: 'sign', line: 13, count: 2 },
      { name: 'total', line: 23, count: 1 },
      { name: 'never', line: 33, count: 0 },
      { name: 'peek', line: 39, count: 1 },
      { name: 'prepare', line: 49, count: 1 },
      { name: 'branches_modcmd', line: 57, count: 2 },
    ]);
    // Which way is which the compiler decides.
    const ways = (line: number) =>
      (files[0]?.branches ?? [])
        .filter((each) => each.line === line)
        .map(({ elsewhere, on }) => [elsewhere, on].sort());
    expect(ways(15)).toEqual([[1, 1]]);
    expect(ways(17)).toEqual([[0, 1]]);
    expect(ways(27)).toEqual([[1, 1]]);
    expect(ways(51)).toEqual([[0, 1]]);
    expect(report.testsOf(SOURCE, 15)).toEqual(['minus', 'zero']);
    expect(report.testsOf(SOURCE, 16)).toEqual(['minus']);
    expect(report.testsOf(SOURCE, 18)).toEqual([]);
    kernel.close();
  });
});

/** Thumb code with IT blocks: conditional instructions, returns among them. */
const thumb = (): ObjectFile => {
  const source = `
#include <sys/module.h>
MODULE(MODULE_CLASS_MISC, thumb, NULL);
__attribute__((noinline)) int early(int a, int *b) { if (a < 0) return -1; *b += a; return *b; }
__attribute__((noinline)) int choose(int a, int b) { return a > b ? a * 3 : b; }
int mixed(int n)
{
  int sum = 0;
  for (int i = -2; i < n; i++)
    sum += early(i, &sum) + choose(i, 1) + (i == 2 ? 7 : 0);
  return sum;
}
static int thumb_modcmd(modcmd_t cmd, void *arg) { (void)arg; return cmd > 1 ? ENOTTY : 0; }
`;
  const flags = ['-mthumb'];
  return buildModule('armv7', 'thumb', { source, flags });
};

test.for([1n, 4n])('Thumb code: coverage is what single steps pass through, %d', async (n) => {
  await sameAsSteps('armv7', { file: thumb(), calls: [['mixed', n]] });
});

function linesOf(
  files: readonly { readonly lines: ReadonlyMap<number, number> }[],
  lines: readonly number[],
): readonly (number | undefined)[] {
  return lines.map((line) => files[0]?.lines.get(line));
}
