// Modules from a few lines of C in a test: compiled as the samples are, with the
// flags a test adds, and joined with `ld.lld -r` when there are several files, or
// linked with `ld.lld -shared`.

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
  sharedFlags(arch: ArchName): readonly string[];
  readonly sharedLinkFlags: readonly string[];
}

const { compileFlags, sharedFlags, sharedLinkFlags }: Targets = await import(
  pathToFileURL(join(root, 'setup', 'targets.mjs')).href
);

export interface Unit {
  readonly source: string;
  /** After the usual ones. */
  readonly flags?: readonly string[];
}

/** An object as the compiler leaves it. */
export function compileObject(arch: ArchName, { source, flags: own = [] }: Unit): Uint8Array {
  const tools = JSON.parse(readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  try {
    const flags = compileFlags(arch, { root, resources: tools.resources });
    const object = join(folder, 'a.o');
    run(tools.clang, [...flags, ...own, '-c', '-x', 'c', '-o', object, '-'], source);
    return readFileSync(object);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `<name>.ko` from C. */
export function buildModule(arch: ArchName, name: string, ...units: readonly Unit[]): ObjectFile {
  return { name: `${name}.ko`, bytes: build(arch, units, ['-r']) };
}

export interface SharedSpec {
  /** After -shared: names, hash styles, what becomes of relocations. */
  readonly link?: readonly string[];
  /** Text of a version script. */
  readonly versions?: string;
  /** Shared objects to link with: for DT_NEEDED and versions. */
  readonly needs?: readonly ObjectFile[];
}

/** A shared object called `file` from C; its DT_SONAME is that, too. */
export function buildShared(
  arch: ArchName,
  file: string,
  { link = [], versions, needs = [] }: SharedSpec,
  ...units: readonly Unit[]
): ObjectFile {
  const own = units.map((unit) => ({
    ...unit,
    flags: [...sharedFlags(arch), ...(unit.flags ?? [])],
  }));
  const script = versions === undefined ? [] : [{ name: 'versions.map', bytes: toBytes(versions) }];
  const how = [...sharedLinkFlags, '-soname', file, ...link];
  const bytes = build(arch, own, how, [...needs, ...script]);
  return { name: file, bytes };
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function build(
  arch: ArchName,
  units: readonly Unit[],
  link: readonly string[],
  inputs: readonly ObjectFile[] = [],
): Uint8Array {
  const tools = JSON.parse(readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  try {
    const flags = compileFlags(arch, { root, resources: tools.resources });
    const objects = units.map(({ source, flags: own = [] }, i) => {
      const object = join(folder, `${i}.o`);
      run(tools.clang, [...flags, ...own, '-c', '-x', 'c', '-o', object, '-'], source);
      return object;
    });
    const others = inputs.map(({ name, bytes }) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return name.endsWith('.map') ? `--version-script=${path}` : path;
    });
    const module = join(folder, 'module.out');
    run(tools.lld, [...link, '-o', module, ...objects, ...others], '');
    return readFileSync(module);
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
