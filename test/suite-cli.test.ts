// `modbox test` as a user types it: what is found, in which order and how parallel it
// runs, what it writes where, and how it ends.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { cacheFolder, debianPath, samplePath } from '../src/host/assets.ts';
import { modbox } from './support/command.ts';

const parse = (text: string): unknown => JSON.parse(text);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'modbox-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A file in the test's folder. */
function written(name: string, text: string | Uint8Array): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test('the suites of the samples pass, on all architectures', () => {
  const { status, stdout, stderr } = modbox('test', 'modules');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\d+ passed, 4 skipped\n$/m);
  expect(stdout).not.toMatch(/FAIL|\?\?\?\?/);
  for (const arch of archNames) expect(stdout).toContain(`\nworkload/${arch}  modules`);
  expect(status).toBe(0);
});

describe('modules of Debian', () => {
  const names = ['crc7', 'crc-itu-t', 'crc16', 'libarc4', 'cordic'];
  const missing = archNames.flatMap((arch) =>
    names.filter((name) => !existsSync(debianPath(process.env, arch, name))),
  );
  if (missing.length > 0 && process.env['CI'] === 'true')
    test('are there', () => expect.fail('Debian modules are missing; npm run setup'));

  test.skipIf(missing.length > 0)('pass their suites, on all architectures', () => {
    const where = path.join(cacheFolder(process.env), 'debian', '{arch}');
    const { status, stdout } = modbox('test', 'examples/debian', '--path', where);
    expect(stdout).toMatch(/^\d+ passed, 5 skipped\n$/m);
    for (const arch of archNames) expect(stdout).toContain(`libarc4/${arch}  `);
    expect(status).toBe(0);
  });
});

describe('what runs', () => {
  test('of a folder, every suite, and every module that none is about', () => {
    for (const name of ['hello', 'spin'])
      written(`lib/${name}.ko`, readFileSync(samplePath('amd64', name)));
    written(
      'lib/hello.test.toml',
      '[[case]]\nname = "adds"\ncall = "hello_add(1, 2)"\nreturns = 3',
    );
    const { stdout } = modbox('test', '--json', '--budget', '20ms', path.join(folder, 'lib'));
    expect(parse(stdout)).toMatchObject({
      totals: { passed: 1, failed: 1 },
      suites: [
        { name: 'hello', arch: 'amd64', cases: [{ name: 'adds' }] },
        { name: 'spin', file: path.join(folder, 'lib/spin.ko') },
      ],
    });
  });

  test('of a module, the expectations beside it', () => {
    const module = written('one/hello.ko', readFileSync(samplePath('i386', 'hello')));
    written('one/hello.test.toml', '[[case]]\nname = "mine"');
    const { stdout } = modbox('test', '--json', module);
    expect(parse(stdout)).toMatchObject({ suites: [{ arch: 'i386', cases: [{ name: 'mine' }] }] });
  });

  test('of --path, modules by name, for each architecture', () => {
    const suite = written('paths/hello.test.toml', 'requires = ["provider"]');
    const { stdout } = modbox('test', '--json', suite, '--path', 'build/modules/{arch}');
    expect(parse(stdout)).toMatchObject({ suites: archNames.map((arch) => ({ arch })) });
  });

  test('with --case, one of this name, else those that match', () => {
    const names = (pattern: string): readonly string[] =>
      [
        ...modbox('test', 'modules/hello', '--arch', 'i386', '--case', pattern).stdout.matchAll(
          /ok {4}(.*)/g,
        ),
      ].map(([, name = '']) => name);
    expect(names('adds')).toEqual(['adds']);
    expect(names('^adds')).toEqual(['adds', 'adds negative numbers']);
    expect(names('a')).toHaveLength(4);
  });

  test('with --shard, each case in exactly one part', () => {
    const run = (...args: string[]): readonly string[] =>
      [
        ...modbox('test', 'modules/provider', '--format', 'ktap', ...args).stdout.matchAll(
          /^ +ok \d+ (.*)/gm,
        ),
      ].map(([, name = '']) => name);
    const parts = ['1/3', '2/3', '3/3'].map((part) => run('--shard', part));
    expect(parts.flat().toSorted()).toEqual([...run()].toSorted());
    expect(parts.map((part) => part.length)).toEqual([6, 5, 5]);
  });
});

test('results are the same with any number of threads and in any order', () => {
  const suites = ['hello', 'nullderef', 'failing', 'provider'].map((name) => `modules/${name}`);
  const run = (...args: string[]): string => modbox('test', ...suites, '--json', ...args).stdout;
  const one = run('--jobs', '1');
  expect(run('--jobs', '3', '--seed', '5').replace('"seed": 5', '"seed": null')).toBe(one);
});

test('reports go to files, and the one for people is shown all the same', () => {
  const xml = path.join(folder, 'out.xml');
  const tap = path.join(folder, 'out');
  const { status, stdout } = modbox(
    ...['test', 'modules/hello', '--arch', 'armv7', '-o', xml, '--format', 'ktap', '-o', tap],
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/^4 passed$/m);
  expect(readFileSync(xml, 'utf8')).toContain('<testsuites name="modbox" tests="4"');
  expect(readFileSync(tap, 'utf8')).toMatch(/^KTAP version 1\n1..1\n/);
});

test('a failure is told whole, with the command that runs it again', () => {
  const suite = written(
    'bad.test.toml',
    `module = "${samplePath('aarch64', 'hello')}"\n[[case]]\nname = "it's 5"\ncall = "hello_add(2, 2)"\nreturns = 5\n`,
  );
  const { status, stdout } = modbox('test', suite);
  expect(status).toBe(1);
  expect(stdout.split('\n').slice(1)).toEqual([
    "  FAIL  it's 5",
    `        hello_add(2, 2): returned something else (${suite}:2)`,
    '          wanted  5',
    '          found   4',
    `        again: modbox test ${suite} --case 'it'\\''s 5' --arch aarch64`,
    '',
    '1 failed',
    '',
  ]);
});

describe('what cannot run ends with 2', () => {
  test.for<[string, string[], string]>([
    ['nothing', [], 'modbox: test: name a suite, a module or a folder; see modbox help test\n'],
    ['no file', ['nowhere.ko'], 'modbox: nowhere.ko: no such file\n'],
    ['no suite', ['no.test.toml'], 'modbox: no.test.toml: no such file\n'],
    [
      'an empty folder',
      ['docs'],
      'modbox: docs: holds neither modules (.ko, .kmod, .o) nor *.test.toml\n',
    ],
    [
      'no case',
      ['modules/hello', '--case', 'zzz'],
      "modbox: modules/hello: there is no case that --case 'zzz' means\n",
    ],
    [
      'a bad pattern',
      ['modules/hello', '--case', '('],
      'modbox: --case: "(" is no regular expression: ',
    ],
    ['a bad shard', ['a', '--shard', '3/2'], 'modbox: --shard is "3/2", wanted one such as 1/4\n'],
    [
      'a bad budget',
      ['a', '--budget', '5'],
      'modbox: --budget: "5" is no time; wanted one such as "20ms"',
    ],
    [
      'a bad format',
      ['a', '--format', 'juint'],
      'modbox: --format: no juint: human, ktap, junit, json; did you mean junit?\n',
    ],
    [
      'two for the screen',
      ['a', '--json', '--format', 'ktap'],
      'modbox: test: one report at most goes to standard output; name files: --output\n',
    ],
    [
      'a file of no format',
      ['a', '-o', 'out'],
      'modbox: --output out: name its format before it: --format junit\n',
    ],
    [
      'an unknown option',
      ['a', '--sede', '1'],
      'modbox: test: no option --sede; did you mean --seed?\n',
    ],
    ['a folder of --path', ['a', '--path', 'nowhere'], 'modbox: --path nowhere: no such folder\n'],
  ])('%s', ([, args, message]) => {
    const { status, stderr } = modbox('test', ...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('a suite with mistakes: all of them are told, and nothing runs', () => {
    const bad = written('wrong.test.toml', 'modul = "x"\n[[case]]\nname = "a"\nretruns = 1\n');
    const { status, stdout, stderr } = modbox('test', 'modules/hello', bad);
    expect(stderr).toBe(
      `modbox: ${bad}:1: modul: no such key; did you mean module?\n` +
        `modbox: ${bad}:4: case[0].retruns: no such key; did you mean returns?\n`,
    );
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('a module that is on no architecture', () => {
    const suite = written('gone/gone.test.toml', 'module = "{arch}/gone.ko"');
    const { status, stderr } = modbox('test', suite);
    expect(stderr).toBe(
      `modbox: ${suite}: there is no module i386/gone.ko in ${path.dirname(suite)}; name a folder: --path\n`,
    );
    expect(status).toBe(2);
  });

  test('a module that is not on an architecture that the suite names', () => {
    written('some/i386/hello.ko', readFileSync(samplePath('i386', 'hello')));
    const named = written(
      'some/a.test.toml',
      'module = "{arch}/hello.ko"\narch = ["i386", "armv7"]',
    );
    expect(modbox('test', named).status).toBe(2);
    const free = written('some/b.test.toml', 'module = "{arch}/hello.ko"');
    const { status, stdout } = modbox('test', free);
    expect(stdout).toMatch(/^1 passed, 3 skipped$/m);
    expect(status).toBe(0);
  });
});
