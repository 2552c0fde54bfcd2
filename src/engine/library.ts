// Finding libunicorn at run time.  The library is GPL-2.0 and never bundled:
// the user names it, or set-up has found or fetched it and left a note.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface LibraryLocation {
  readonly path: string;
  /** Who says so, for messages. */
  readonly origin: string;
}

const here = dirname(fileURLToPath(import.meta.url));
/** build/unicorn.json, written by set-up; src/engine and dist/engine are equally deep. */
const note = join(here, '..', '..', 'build', 'unicorn.json');

/**
 * Where libunicorn is, or undefined when nobody knows.
 * @param environment where MODBOX_UNICORN may name a library file
 */
export function locateLibrary(
  environment: Readonly<Record<string, string | undefined>>,
): LibraryLocation | undefined {
  const named = environment['MODBOX_UNICORN'];
  if (named !== undefined && named !== '') return { path: named, origin: 'MODBOX_UNICORN' };
  if (!existsSync(note)) return undefined;
  const written: unknown = JSON.parse(readFileSync(note, 'utf8'));
  if (typeof written !== 'object' || written === null || !('path' in written)) return undefined;
  return typeof written.path === 'string'
    ? { path: written.path, origin: 'set-up (build/unicorn.json)' }
    : undefined;
}
