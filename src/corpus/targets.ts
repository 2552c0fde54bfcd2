// What `npm run corpus` left in the cache: a folder per target, each with modules
// of one kernel, in as many folders as the kernel's build had.

import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Arch } from '../arch/arch.ts';
import { archOfElfMachine } from '../arch/registry.ts';
import { assert } from '../base/result.ts';

export interface CorpusTarget {
  /** Debian's, for there are more of them than architectures: armel-rpi. */
  readonly name: string;
  readonly folder: string;
  readonly arch: Arch;
  /** "linux-image-6.1.0-50-armmp 6.1.176-1" */
  readonly origin: string;
  /** Sorted, with / between folders. */
  readonly modules: readonly string[];
}

/** The complete targets in `folder`, by name. */
export function findTargets(folder: string): readonly CorpusTarget[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => !name.endsWith('.partial'));
  return names.sort().flatMap((name) => findTarget(join(folder, name), name) ?? []);
}

/** The modules in `folder`; undefined: none, or not all of them are there. */
export function findTarget(folder: string, name: string): CorpusTarget | undefined {
  const index = join(folder, 'index.json');
  if (!existsSync(index)) return undefined;
  const modules = modulesUnder(folder).sort();
  const arch = modules[0] && archOf(join(folder, modules[0]));
  if (!arch) return undefined;
  return { name, folder, arch, origin: originOf(index), modules };
}

export function readModule(target: CorpusTarget, module: string): Uint8Array {
  return readFileSync(join(target.folder, module));
}

/**
 * Reads modules into the same memory, one after another: fresh pages for each would
 * cost as much as the reading.
 */
export class ModuleReader {
  #memory = new Uint8Array(1 << 20);

  /** Good until the next read. */
  read(target: CorpusTarget, module: string): Uint8Array {
    const descriptor = openSync(join(target.folder, module), 'r');
    const { size } = fstatSync(descriptor);
    if (size > this.#memory.length) this.#memory = new Uint8Array(size);
    const length = readSync(descriptor, this.#memory, 0, size, 0);
    closeSync(descriptor);
    assert(length === size, `${module} reads to its end`);
    return this.#memory.subarray(0, size);
  }
}

function modulesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ko'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

function originOf(index: string): string {
  const written: unknown = JSON.parse(readFileSync(index, 'utf8'));
  assert(typeof written === 'object' && written !== null, 'index.json is an object');
  const { package: name, version } = { package: '', version: '', ...written };
  return `${name} ${version}`;
}

const E_MACHINE = 18;

function archOf(file: string): Arch | undefined {
  const header = new Uint8Array(E_MACHINE + 2);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, header);
  closeSync(descriptor);
  return archOfElfMachine(new DataView(header.buffer).getUint16(E_MACHINE, true));
}
