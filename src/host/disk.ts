// Objects on the host's disk: in files, in compressed files, and in archives.

import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isModuleName, moduleNameOf, sameModule } from '../flavour/names.ts';
import type { ObjectFile, ObjectFiles } from '../kernel/files.ts';
import {
  type Archive,
  archiveOf,
  damaged,
  FILE_LIMIT,
  fileOfMember,
  isFile,
  memberOf,
  openFile,
  splitName,
} from './archive.ts';

const suffixes = ['.ko', '.kmod', '.o', '.so'];
const packings = ['', '.xz', '.zst', '.gz'];

/**
 * The object that a name means: a file, or ARCHIVE:MODULE.  What is wrong with its
 * packing stands in its `problem`.
 * @throws what node:fs throws when there is no such file
 */
export function readNamed(name: string): ObjectFile {
  const { path, member } = splitName(name);
  const opened = openFile(path);
  if (!opened.ok) return damaged(path, opened.problems);
  const archive = archiveOf(path, opened.value);
  if (archive !== undefined) {
    const found = memberOf(archive, member);
    return found.ok ? fileOfMember(archive, found.value) : damaged(path, found.problems);
  }
  if (member !== undefined) return damaged(path, [{ kind: 'no-archive', wanted: member }]);
  return { name, bytes: opened.value.kind === 'file' ? opened.value.bytes : new Uint8Array() };
}

/** The archive that a name means as a whole; undefined when it means an object. */
export function archiveNamed(name: string): Archive | undefined {
  const { path, member } = splitName(name);
  if (member !== undefined || !isFile(path)) return undefined;
  const opened = openFile(path);
  return opened.ok ? archiveOf(path, opened.value) : undefined;
}

/** Reads an object; undefined when there is none, or it is none. */
function readObject(name: string): ObjectFile | undefined {
  const { path } = splitName(name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > FILE_LIMIT) return undefined;
  return readNamed(name);
}

/**
 * Files by path, and modules by name: in the same archive as the one that requires
 * them, beside it, then in each folder of `searchPath`.  Linux takes - and _ in
 * names for the same.
 */
export function diskFiles(searchPath: readonly string[]): ObjectFiles {
  return {
    read: readObject,
    find: (module, from) => {
      const inArchive = from && findInArchive(module, from.name);
      if (inArchive !== undefined) return inArchive;
      const beside = from === undefined ? [] : [dirname(splitName(from.name).path)];
      for (const folder of [...beside, ...searchPath]) {
        const file = findInFolder(module, folder);
        if (file !== undefined) return file;
      }
      return undefined;
    },
  };
}

function findInArchive(module: string, from: string): ObjectFile | undefined {
  const archive = archiveAround(from);
  const member = archive?.modules.find(({ name }) => sameModule(moduleNameOf(name), module));
  return archive && member && fileOfMember(archive, member);
}

function archiveAround(name: string): Archive | undefined {
  const { path, member } = splitName(name);
  return member === undefined ? undefined : archiveNamed(path);
}

function findInFolder(module: string, folder: string): ObjectFile | undefined {
  const names = new Set([module, module.replaceAll('_', '-'), module.replaceAll('-', '_')]);
  for (const name of names)
    for (const suffix of suffixes)
      for (const packing of packings) {
        const file = readObject(join(folder, name + suffix + packing));
        if (file !== undefined) return file;
      }
  return findVersioned(module, folder);
}

/** libfoo.so.1 and the like; of several the first by name. */
function findVersioned(module: string, folder: string): ObjectFile | undefined {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  const found = (isFolder ? readdirSync(folder) : [])
    .filter((name) => /\.so\.[^/]+$/.test(name) && isModuleName(name))
    .sort()
    .find((name) => sameModule(moduleNameOf(name), module));
  return found === undefined ? undefined : readObject(join(folder, found));
}

/** Other modules in the archive of `from`, or in its folder, read as they are asked for. */
export function* neighbours(from: string): Generator<ObjectFile> {
  const archive = archiveAround(from);
  if (archive !== undefined) {
    for (const member of archive.modules) yield fileOfMember(archive, member);
    return;
  }
  const folder = dirname(splitName(from).path);
  for (const name of readdirSync(folder).sort()) {
    if (!isModuleName(name)) continue;
    const file = readObject(join(folder, name));
    if (file !== undefined) yield file;
  }
}

/** Every module under a folder, deep. */
export function* modulesUnder(folder: string): Generator<ObjectFile> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.sort()) {
    if (!isModuleName(path)) continue;
    const file = readObject(path);
    if (file !== undefined) yield file;
  }
}

/** Every module in an archive. */
export function* modulesIn(archive: Archive): Generator<ObjectFile> {
  for (const member of archive.modules) yield fileOfMember(archive, member);
}
