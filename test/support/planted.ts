// Modules with mistakes: their objects, and at which lines of their sources the
// mistakes are, which comments there say.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchName } from '../../src/arch/arch.ts';
import { root } from '../../src/host/assets.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';
import type { Where } from '../../src/kernel/symbols.ts';

export type Planted = 'planted' | 'planted_linux';

export function plantedModule(arch: ArchName, name: Planted): ObjectFile {
  const path = join(root, 'build', 'test-modules', arch, `${name}.ko`);
  return { name: `${name}.ko`, bytes: readFileSync(path) };
}

/** The line with the comment "bug: overflow", or another word and name. */
export function lineOf(name: Planted, mark: string): number {
  const source = readFileSync(join(root, 'test', 'modules', name, `${name}.c`), 'utf8');
  const lines = source.split('\n');
  const at = lines.findIndex((line) => line.includes(`/* ${mark} */`));
  if (at < 0) throw new Error(`${name}.c has no comment ${mark}`);
  return at + 1;
}

/** "planted_overflow, line 35": what a test says of a place. */
export function placeOf(where: Where | undefined): string {
  return `${where?.symbol ?? 'nowhere'}, line ${where?.line?.line ?? 'unknown'}`;
}

/** The same of a comment. */
export function marked(name: Planted, symbol: string, mark: string): string {
  return `${symbol}, line ${lineOf(name, mark)}`;
}
