// The files a user names: read, checked to be objects of one architecture that we
// have, before any machine is made.

import { statSync } from 'node:fs';
import { type Arch, archNames } from '../arch/arch.ts';
import { archOfElfMachine } from '../arch/registry.ts';
import { describeContainerProblem } from '../container/problems.ts';
import { FILE_LIMIT, splitName } from '../host/archive.ts';
import { readNamed } from '../host/disk.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { describeLinkProblem } from '../linker/problems.ts';
import { describeMachine } from '../object/elf/constants.ts';
import type { ElfObject } from '../object/elf/model.ts';
import { describeElfProblem } from '../object/elf/problems.ts';
import { readElf } from '../object/elf/reader.ts';
import { InputError, UsageError } from './errors.ts';
import { describeBootImage, describeVmlinux } from './linux-image.ts';

export interface InputObject {
  readonly file: ObjectFile;
  readonly object: ElfObject;
  readonly arch: Arch;
}

/** Reads one object. @throws InputError with a line for each problem */
export function readInput(path: string): InputObject {
  return inputOf(readFile(path));
}

/** The object in a file. @throws InputError with a line for each problem */
export function inputOf(file: ObjectFile): InputObject {
  const { name: path, problem } = file;
  if (problem !== undefined) throw new InputError(`${path}: ${describeContainerProblem(problem)}`);
  const boot = describeBootImage(file.bytes);
  if (boot !== undefined) throw new InputError(`${path}: ${boot}`);
  const read = readElf(file.bytes);
  if (!read.ok)
    throw new InputError(
      read.problems.map((problem) => `${path}: ${describeElfProblem(problem)}`).join('\n'),
    );
  const object = read.value;
  const kernel = describeVmlinux(object);
  if (kernel !== undefined) throw new InputError(`${path}: ${kernel}`);
  if (object.type === 'executable')
    throw new InputError(describeLinkProblem({ kind: 'not-relocatable' }, path));
  const arch = archOfElfMachine(object.machine);
  if (arch === undefined)
    throw new InputError(
      `${path}: is for ${describeMachine(object.machine)}; modbox has ${archNames.join(', ')}`,
    );
  if (object.wordBytes !== arch.wordBytes)
    throw new InputError(
      describeLinkProblem(
        { kind: 'wrong-word-size', wanted: arch.wordBytes, found: object.wordBytes },
        path,
      ),
    );
  return { file, object, arch };
}

/** Reads all of them. @throws InputError unless they are of one architecture */
export function readInputs(
  paths: readonly string[],
  wanted: Arch | undefined,
): { readonly arch: Arch; readonly files: readonly ObjectFile[] } {
  const inputs = readAll(paths);
  const [first] = inputs;
  if (first === undefined) throw new UsageError('name the files of one module or more');
  const differs = inputs.find(({ arch }) => arch !== first.arch);
  if (differs !== undefined)
    throw new InputError(
      `${first.file.name} is for ${first.arch.name} and ${differs.file.name} for ` +
        `${differs.arch.name}; one machine runs modules of one architecture`,
    );
  if (wanted !== undefined && wanted !== first.arch)
    throw new InputError(`${first.file.name} is for ${first.arch.name}, not ${wanted.name}`);
  return { arch: first.arch, files: inputs.map(({ file }) => file) };
}

/** Says what is wrong with every one of them, not only with the first. @throws InputError */
export function readAll(paths: readonly string[]): readonly InputObject[] {
  const inputs: InputObject[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    try {
      inputs.push(readInput(path));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new InputError(problems.join('\n'));
  return inputs;
}

/** Reads a file, or a module in an archive. @throws InputError */
export function readFile(path: string): ObjectFile {
  const file = readPacked(path);
  if (file.problem === undefined) return file;
  throw new InputError(`${path}: ${describeContainerProblem(file.problem)}`);
}

function readPacked(path: string): ObjectFile {
  try {
    const stat = statSync(splitName(path).path);
    if (stat.isDirectory()) throw new InputError(`${path}: is a folder, wanted a module`);
    if (stat.size > FILE_LIMIT) throw new InputError(`${path}: has ${stat.size} bytes, too many`);
    return readNamed(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
