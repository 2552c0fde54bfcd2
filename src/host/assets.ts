// What set-up built beside the program: guest kernels and sample modules.

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArchName } from '../arch/arch.ts';

/** The project's folder; src/host and dist/host are equally deep. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Something that set-up makes is not there; the message says what to type. */
export class MissingAssetError extends Error {
  constructor(what: string, path: string) {
    super(`${what} is missing (${path}); run \`npm run setup\``);
    this.name = 'MissingAssetError';
  }
}

/** The guest kernel's image for an architecture. */
export function readKernelImage(arch: ArchName): Uint8Array {
  const path = join(root, 'build', 'guest', arch, 'kernel.elf');
  if (!existsSync(path)) throw new MissingAssetError(`the ${arch} guest kernel`, path);
  return readFileSync(path);
}

/** Where set-up put a sample module. */
export function samplePath(arch: ArchName, module: string): string {
  return join(root, 'build', 'modules', arch, `${module}.ko`);
}

/** The folder that keeps what was fetched, between clones. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['MODBOX_CACHE'];
  if (own !== undefined && own !== '') return own;
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'modbox');
}

/** Where set-up put a module from a Debian kernel package. */
export function debianPath(
  environment: Readonly<Record<string, string | undefined>>,
  arch: ArchName,
  module: string,
): string {
  return join(cacheFolder(environment), 'debian', arch, `${module}.ko`);
}
