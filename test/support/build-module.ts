// Modules from a few lines of C in a test: compiled as the samples are, with the
// flags a test adds, and joined with `ld.lld -r` when there are several files.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArchName } from '../../src/arch/arch.ts';
import { root } from '../../src/host/assets.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';

interface Targets {
  compileFlags(arch: ArchName, how: { root: string; resources: string }): readonly string[];
}

const { compileFlags }: Targets = await import(
  pathToFileURL(join(root, 'setup', 'targets.mjs')).href
);

export interface Unit {
  readonly source: string;
  /** After the usual ones. */
  readonly flags?: readonly string[];
}

/** `<name>.ko` from C. */
export function buildModule(arch: ArchName, name: string, ...units: readonly Unit[]): ObjectFile {
  const tools = JSON.parse(readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  try {
    const flags = compileFlags(arch, { root, resources: tools.resources });
    const objects = units.map(({ source, flags: own = [] }, i) => {
      const object = join(folder, `${i}.o`);
      run(tools.clang, [...flags, ...own, '-c', '-x', 'c', '-o', object, '-'], source);
      return object;
    });
    const module = join(folder, 'module.ko');
    run(tools.lld, ['-r', '-o', module, ...objects], '');
    return { name: `${name}.ko`, bytes: readFileSync(module) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What ld.lld makes of an object by itself: an executable that nobody runs. */
export function linkWithLld(object: Uint8Array): Uint8Array {
  const tools = JSON.parse(readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  try {
    const [input, output] = [join(folder, 'in.o'), join(folder, 'out')];
    writeFileSync(input, object);
    run(tools.lld, ['-static', '-e', '0', '-o', output, input], '');
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: readonly string[], input: string): void {
  const done = spawnSync(program, args, { cwd: root, input, encoding: 'utf8' });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) throw new Error(done.stderr);
}
