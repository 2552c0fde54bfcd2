// The rules that matter to the shape of the project, as tests: who may import
// whom, how long things may get, and what no file may contain.  docs/style.md
// gives the reasons.  The list of layers is here and, for the editor's sake, in
// biome.json.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.dirname(import.meta.dirname);
const archNames = ['i386', 'amd64', 'armv7', 'aarch64'] as const;

const kernelAndBelow = [
  'base',
  'container',
  'arch',
  'object',
  'flavour',
  'linker',
  'dwarf',
  'engine',
  'machine',
  'kernel',
];
const seenByFrontEnds = [
  ...['base', 'arch', 'object', 'flavour', 'linker', 'dwarf', 'kernel', 'host', 'debug', 'check'],
];

/** What each folder of src may import besides itself. */
const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  container: ['base'],
  arch: ['base'],
  object: ['base'],
  flavour: ['base', 'arch', 'object'],
  linker: ['base', 'container', 'arch', 'object', 'flavour'],
  dwarf: ['base'],
  disasm: ['base', 'object'],
  engine: ['base', 'arch'],
  machine: ['base', 'arch', 'engine'],
  corpus: ['base', 'arch', 'object', 'flavour', 'linker'],
  kernel: kernelAndBelow,
  board: kernelAndBelow,
  inject: kernelAndBelow,
  compare: kernelAndBelow,
  fuzz: ['base', 'arch', 'object', 'flavour', 'linker', 'kernel', 'corpus'],
  host: [...kernelAndBelow, 'disasm', 'debug', 'coverage'],
  debug: [...kernelAndBelow, 'disasm'],
  coverage: [...kernelAndBelow, 'disasm', 'debug'],
  check: ['base', 'arch', 'object', 'flavour', 'linker'],
  repl: seenByFrontEnds,
  rsp: seenByFrontEnds,
  dap: seenByFrontEnds,
  suite: [...seenByFrontEnds, 'coverage'],
  cli: [
    ...kernelAndBelow,
    'board',
    'inject',
    'compare',
    'corpus',
    'fuzz',
    'host',
    'debug',
    'coverage',
    'check',
    'repl',
    'rsp',
    'dap',
    'suite',
    'index.ts',
  ],
};

function filesUnder(folder: string): string[] {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(name) : [name];
    })
    .sort();
}

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const nonBlank = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
/** Lines of guest code: what is neither blank nor comment nor only for debuggers. */
const codeLinesIn = (files: readonly string[]): number =>
  files.reduce((sum, file) => {
    const code = read(file)
      .replaceAll(/\/\*.*?\*\//gs, '')
      .replaceAll(/\/\/.*/g, '')
      .replaceAll(/^\s*\.cfi_.*/gm, '');
    return sum + nonBlank(code).length;
  }, 0);
const linesIn = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + nonBlank(read(file)).length, 0);

const allSources = filesUnder('src').filter((file) => file.endsWith('.ts'));
const sources = allSources.filter((file) => !file.endsWith('.test.ts'));

interface Import {
  readonly file: string;
  readonly to: string;
}

/** What a file names after `from` or in import(). */
function importsOf(file: string): Import[] {
  const pattern = /(?:^|\n)[^\n/*]*?\b(?:from|import)\s*\(?\s*'([^']+)'/g;
  return [...read(file).matchAll(pattern)].map((match) => ({ file, to: match[1] ?? '' }));
}

/** 'src/linker/link.ts' is in 'linker'; 'src/index.ts' is its own folder. */
const folderOf = (file: string): string => file.split('/')[1] ?? '';

/** The file a relative import means, from the root; undefined for a package. */
function target({ file, to }: Import): string | undefined {
  return to.startsWith('.') ? path.posix.join(path.posix.dirname(file), to) : undefined;
}

const show = ({ file, to }: Import): string => `${file} imports ${to}`;
const imports = sources.flatMap(importsOf);

describe('imports', () => {
  test('are found at all', () => {
    expect(imports.length).toBeGreaterThan(0);
  });

  test('every folder of src has its place in the layers', () => {
    const folders = new Set(sources.map(folderOf).filter((folder) => folder !== 'index.ts'));
    expect([...folders].filter((folder) => !(folder in layers))).toEqual([]);
  });

  test('go to folders on the left only', () => {
    const wrong = imports.filter((one) => {
      const from = folderOf(one.file);
      const to = target(one);
      if (to === undefined || from === 'index.ts') return false;
      return folderOf(to) !== from && !layers[from]?.includes(folderOf(to));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('stay inside src', () => {
    const outside = imports.filter((one) => target(one)?.startsWith('src/') === false);
    expect(outside.map(show)).toEqual([]);
  });

  test('only engine knows koffi', () => {
    const wrong = imports.filter((one) => one.to === 'koffi' && folderOf(one.file) !== 'engine');
    expect(wrong.map(show)).toEqual([]);
  });

  test('base, container, arch, object, flavour, linker, dwarf and check do no input or output', () => {
    const pure = ['base', 'container', 'arch', 'object', 'flavour', 'linker', 'dwarf', 'check'];
    const io = /^node:(fs|net|http|https|os|child_process|worker_threads|process)\b/;
    const wrong = imports.filter((one) => pure.includes(folderOf(one.file)) && io.test(one.to));
    expect(wrong.map(show)).toEqual([]);
  });
});

describe('src', () => {
  test('no file is longer than 350 lines', () => {
    const long = sources.filter((file) => linesIn([file]) > 350);
    expect(long.map((file) => `${file}: ${linesIn([file])}`)).toEqual([]);
  });

  test('every file opens with a comment', () => {
    const bare = allSources.filter((file) => !/^(#![^\n]*\n)?\s*(\/\/|\/\*)/.test(read(file)));
    expect(bare).toEqual([]);
  });

  test('no architecture is called by its name outside arch, engine, cli and tests', () => {
    const quoted = new RegExp(`(['"\`])(${archNames.join('|')})\\1`);
    const mayName = ['arch', 'engine', 'cli'];
    const found = sources
      .filter((file) => !mayName.includes(folderOf(file)))
      .flatMap((file) =>
        nonBlank(read(file))
          .filter((line) => quoted.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
          .map((line) => `${file}: ${line.trim()}`),
      );
    expect(found).toEqual([]);
  });
});

describe('guest', () => {
  const kernelC = ['guest/kern', 'guest/check', 'guest/linux'].flatMap(filesUnder);
  const isCode = (file: string): boolean => /\.[cS]$/.test(file);

  test('guest/kern can be read in a sitting: 3200 lines of code', () => {
    const code = filesUnder('guest/kern').filter(isCode);
    expect(codeLinesIn(code)).toBeGreaterThan(0);
    expect(codeLinesIn(code)).toBeLessThanOrEqual(3200);
  });

  test('guest/check has at most 700 lines of code', () => {
    const code = filesUnder('guest/check').filter(isCode);
    expect(codeLinesIn(code)).toBeGreaterThan(0);
    expect(codeLinesIn(code)).toBeLessThanOrEqual(700);
  });

  test('no file of guest/linux is longer than 350 lines of code', () => {
    const long = filesUnder('guest/linux').filter((file) => codeLinesIn([file]) > 350);
    expect(long).toEqual([]);
  });

  test.for(archNames)('guest/arch/%s has at most 520 lines of code without linux.S', (arch) => {
    const code = filesUnder(`guest/arch/${arch}`).filter(
      (file) => isCode(file) && !file.endsWith('/linux.S'),
    );
    expect(codeLinesIn(code)).toBeGreaterThan(0);
    expect(codeLinesIn(code)).toBeLessThanOrEqual(520);
  });

  test('guest/kern, guest/check and guest/linux do not ask which architecture they are on', () => {
    const asks =
      /^\s*#\s*(if|ifdef|ifndef|elif)\b.*(i[3-6]86|x86|amd64|__arm|__ARM|armv7|aarch64|AARCH64)/;
    const found = kernelC.flatMap((file) =>
      nonBlank(read(file))
        .filter((line) => asks.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});

/** Files that only one architecture has, because its ABI asks for them. */
const ownFiles = ['armv7/aeabi.S'];

describe.for(['src/arch', 'guest/arch'])('%s', (folder) => {
  test('has the same file names for every architecture', () => {
    const names = (arch: string): string[] =>
      filesUnder(`${folder}/${arch}`)
        .map((file) => path.posix.relative(`${folder}/${arch}`, file))
        .filter((file) => !file.endsWith('.test.ts') && !ownFiles.includes(`${arch}/${file}`));
    const [first, ...others] = archNames.map((arch) => ({ arch, names: names(arch) }));
    expect(first?.names.length).toBeGreaterThan(0);
    for (const other of others) expect(other.names, other.arch).toEqual(first?.names);
  });
});

describe('what is committed', () => {
  const inGit = existsSync(path.join(root, '.git'));
  const committed = (): string[] =>
    execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter((file) => file !== '' && existsSync(path.join(root, file)));

  test.runIf(inGit)('names no folder of the machine it was written on', () => {
    const private_ = /(?<![\w.~-])\/(?:home|root|work|Users)\/\w/;
    const found = committed().flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, at) => (private_.test(line) ? [`${file}:${at + 1}`] : [])),
    );
    expect(found).toEqual([]);
  });

  test('package-lock.json names no registry', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/registry/);
  });
});
