// Objects on the host's disk.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObjectFile, ObjectFiles } from '../kernel/files.ts';

/** Larger files are no modules; the biggest of Debian's has 13 MiB. */
const FILE_LIMIT = 512 << 20;
const suffixes = ['.ko', '.kmod', '.o'];

/** Reads a file; undefined when there is none, or it is none. */
export function readObject(path: string): ObjectFile | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > FILE_LIMIT) return undefined;
  return { name: path, bytes: readFileSync(path) };
}

/**
 * Files by path, and modules by name: beside the one that requires them, then in
 * each folder of `searchPath`.  Linux takes - and _ in names for the same.
 */
export function diskFiles(searchPath: readonly string[]): ObjectFiles {
  return {
    read: readObject,
    find: (module, from) => {
      const folders = from === undefined ? searchPath : [dirname(from.name), ...searchPath];
      for (const folder of folders)
        for (const name of new Set([
          module,
          module.replaceAll('_', '-'),
          module.replaceAll('-', '_'),
        ]))
          for (const suffix of suffixes) {
            const file = readObject(join(folder, name + suffix));
            if (file !== undefined) return file;
          }
      return undefined;
    },
  };
}
