// Source files on this computer, by the names that compilers gave them: absolute ones
// of the computer that compiled, or relative to a folder that only it knew.

import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { root } from './assets.ts';

export interface SourcePlaces {
  /** What names begin with, and what they begin with here. */
  readonly sourceMap: readonly (readonly [string, string])[];
  /** Folders to look in, also for the ends of a name: "b/c.c" of "a/b/c.c". */
  readonly sourcePath: readonly string[];
  /** Folders that relative names may be relative to. */
  readonly folders: readonly string[];
}

export interface SourceFiles {
  /** The absolute path; undefined: it is nowhere. */
  locate(file: string): string | undefined;
  /** Every place where locate() looks for a file. */
  lookedIn(file: string): readonly string[];
  /** The same text for two paths of one file, links followed. */
  identity(path: string): string;
}

export function sourceFiles(places: SourcePlaces): SourceFiles {
  const lookedIn = (file: string) => candidates(places, file);
  return { lookedIn, locate: (file) => lookedIn(file).find(isFile), identity };
}

function candidates({ sourceMap, sourcePath, folders }: SourcePlaces, file: string): string[] {
  const mapped = sourceMap
    .filter(([from]) => file.startsWith(from))
    .map(([from, to]) => to + file.slice(from.length));
  const names = [...mapped, file];
  const found = names.flatMap((name) =>
    isAbsolute(name)
      ? [resolve(name)]
      : // The guest's kernel and the sample modules were compiled in modbox's own folder.
        [...folders, root].map((folder) => resolve(folder, name)),
  );
  const ends = sourcePath.flatMap((folder) =>
    endsOf(file).map((end) => resolve(join(folder, end))),
  );
  return [...new Set([...found, ...ends])];
}

/** "a/b/c.c", "b/c.c", "c.c". */
function endsOf(file: string): readonly string[] {
  const parts = file.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
  return parts.map((_, i) => parts.slice(i).join('/'));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function identity(path: string): string {
  return isFile(path) ? realpathSync(path) : resolve(path);
}
