// What the names on the command line of `modbox test` mean: files of expectations,
// modules, and folders or archives of both.  All of it is found and read before any
// machine is made.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type ArchName, archNames } from '../arch/arch.ts';
import { isModuleName, moduleNameOf } from '../flavour/names.ts';
import { isFile, splitName } from '../host/archive.ts';
import { archiveNamed, diskFiles } from '../host/disk.ts';
import type { Suite } from '../suite/model.ts';
import { inArch, type Subject } from '../suite/plan.ts';
import { describeSuiteProblem } from '../suite/problems.ts';
import { defaultSuite, readSuite, SUITE_LIMIT, SUITE_SUFFIX } from '../suite/read.ts';
import { skippedSuite } from '../suite/skipped-suite.ts';
import { InputError } from './errors.ts';
import { readInput } from './input.ts';
import type { TestOptions } from './test-options.ts';

type Where = Pick<TestOptions, 'archs' | 'searchPath'>;

/** @throws InputError with a line for each thing that is wrong */
export function readSubjects({ names, ...where }: Where & Pick<TestOptions, 'names'>): Subject[] {
  const files = [...new Set(names.flatMap(filesOf))];
  const problems: string[] = [];
  const collect = <T>(read: () => readonly T[]): readonly T[] => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
      return [];
    }
  };
  const suites = files
    .filter((file) => file.endsWith(SUITE_SUFFIX))
    .flatMap((file) => collect(() => [readSuiteFile(file)]));
  const subjects = suites.flatMap((suite) => collect(() => subjectsOf(suite, where)));
  const claimed = new Set(subjects.map(({ module }) => resolve(module)));
  const alone = files.filter((file) => !file.endsWith(SUITE_SUFFIX) && !claimed.has(resolve(file)));
  for (const file of alone)
    subjects.push(...collect(() => subjectsOf(defaultSuite(file), { ...where, searchPath: [] })));
  if (problems.length > 0) throw new InputError(problems.join('\n'));
  return subjects;
}

/** @throws InputError */
function filesOf(name: string): readonly string[] {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    const files = filesUnder(name);
    if (files.length > 0) return files;
    throw new InputError(`${name}: holds neither modules (.ko, .kmod, .o) nor *${SUITE_SUFFIX}`);
  }
  if (name.endsWith(SUITE_SUFFIX)) {
    if (stat === undefined) throw new InputError(`${name}: no such file`);
    return [name];
  }
  const archive = archiveNamed(name);
  if (archive !== undefined && archive.modules.length !== 1)
    return archive.modules.map((member) => `${name}:${member.name}`);
  const suite = suiteBeside(name);
  return suite === undefined ? [name] : [suite];
}

/** The expectations of a module, as its file's neighbour. */
function suiteBeside(module: string): string | undefined {
  const { path, member } = splitName(module);
  if (member !== undefined) return undefined;
  const suite = join(dirname(path), moduleNameOf(path) + SUITE_SUFFIX);
  return isFile(suite) ? suite : undefined;
}

function filesUnder(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((entry): readonly string[] => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return entry.name.endsWith(SUITE_SUFFIX) || isModuleName(path) ? [path] : [];
    });
}

function readSuiteFile(file: string): Suite {
  const size = statSync(file).size;
  if (size > SUITE_LIMIT) throw new InputError(`${file}: has ${size} bytes, too many`);
  const read = readSuite(file, readFileSync(file, 'utf8'));
  if (read.ok) return read.value;
  throw new InputError(read.problems.map(describeSuiteProblem).join('\n'));
}

/** @throws InputError when files are not there */
function subjectsOf(suite: Suite, { archs, searchPath }: Where): readonly Subject[] {
  const { module, requires } = suite;
  const inPath = searchPath.some(hasArch);
  const fixed = locate(suite, module, undefined, []);
  const own = suite.archs === undefined && (fixed !== undefined || !(hasArch(module) || inPath));
  if (own) {
    const file = fixed ?? locate(suite, module, undefined, searchPath);
    if (file === undefined) throw new InputError(missing(suite, module, searchPath));
    const arch = readInput(file).arch.name;
    return archs.includes(arch) ? [subjectOn(suite, arch, file, requires, searchPath)] : [];
  }
  const wanted = (suite.archs ?? archNames).filter((arch) => archs.includes(arch));
  const located = wanted.map((arch) => ({ arch, file: locate(suite, module, arch, searchPath) }));
  const absent = located.filter(({ file }) => file === undefined);
  const [first] = absent;
  // Architectures that nobody named may be absent, but not all of them.
  if (first !== undefined && (suite.archs !== undefined || absent.length === located.length))
    throw new InputError(missing(suite, inArch(module, first.arch), searchPath));
  return located.map(({ arch, file }) =>
    file === undefined
      ? { suite: skippedSuite(suite, 'there is no such module'), arch, module, requires: [] }
      : subjectOn(suite, arch, file, requires, searchPath),
  );
}

function hasArch(template: string): boolean {
  return template.includes('{arch}');
}

function subjectOn(
  suite: Suite,
  arch: ArchName,
  module: string,
  requires: readonly string[],
  searchPath: readonly string[],
): Subject {
  const files = requires.map((name) => {
    const file = locate(suite, name, arch, searchPath, dirname(module));
    if (file === undefined) throw new InputError(missing(suite, inArch(name, arch), searchPath));
    return file;
  });
  return { suite, arch, module, requires: files };
}

/** By path from the suite's folder, or by a module's name there or in the search path. */
function locate(
  suite: Suite,
  template: string,
  arch: ArchName | undefined,
  searchPath: readonly string[],
  beside?: string,
): string | undefined {
  const expand = (text: string): string => (arch === undefined ? text : inArch(text, arch));
  const name = expand(template);
  if (suite.file === template || isAbsolute(name)) return existing(name);
  const folders = [dirname(suite.file), ...(beside === undefined ? [] : [beside])];
  for (const folder of [...folders, ...searchPath.map(expand)]) {
    const path = existing(join(folder, name));
    if (path !== undefined) return path;
    if (isModuleName(name) || name.includes('/')) continue;
    const found = diskFiles([folder]).find(name, undefined);
    if (found !== undefined) return found.name;
  }
  return undefined;
}

function existing(name: string): string | undefined {
  return isFile(splitName(name).path) ? name : undefined;
}

function missing(suite: Suite, name: string, searchPath: readonly string[]): string {
  const folder = dirname(suite.file);
  const places = [relative('.', folder) === '' ? 'its folder' : folder, ...searchPath];
  if (suite.file === name) return `${name}: no such file`;
  return `${suite.file}: there is no module ${name} in ${places.join(', ')}; name a folder: --path`;
}
