// Files that the terminal debugger reads: sources, scripts, and names to complete.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFiles } from '../host/source-files.ts';
import type { ObjectFile } from '../kernel/files.ts';
import type { FindSource } from '../repl/source-text.ts';
import { InputError } from './errors.ts';
import { readFile } from './input.ts';

/** Larger ones are no sources that a person reads. */
const SOURCE_LIMIT = 16 << 20;

export function findSource(sources: SourceFiles, name: string): ReturnType<FindSource> {
  const path = sources.locate(name);
  const text = path === undefined ? undefined : readText(path);
  return path === undefined || text === undefined
    ? { found: false, tried: sources.lookedIn(name) }
    : { found: true, path, text };
}

/** A module's file; a text says why it cannot be used. */
export function openObject(path: string): ObjectFile | string {
  try {
    return readFile(path);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** The lines of a script; undefined: it cannot be read. */
export function readScript(path: string): readonly string[] | undefined {
  return readText(path)?.split(/\r?\n/);
}

function readText(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > SOURCE_LIMIT) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Answers what is wrong. */
export function writeFile(path: string, bytes: Uint8Array): string | undefined {
  try {
    writeFileSync(path, bytes);
    return undefined;
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Paths that begin so; folders with a slash behind them. */
export function filesLike(start: string): readonly string[] {
  const folder = start.slice(0, start.lastIndexOf('/') + 1);
  const name = start.slice(folder.length);
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter(
        (entry) => entry.name.startsWith(name) && (name !== '' || !entry.name.startsWith('.')),
      )
      .map((entry) => join(folder, entry.name) + (entry.isDirectory() ? '/' : ''))
      .sort();
  } catch {
    return [];
  }
}
