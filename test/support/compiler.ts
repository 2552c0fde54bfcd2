// The guest's compiler, for tests: ten lines of assembly become bytes, and C that
// only has to compile is compiled.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArchName } from '../../src/arch/arch.ts';
import { root } from '../../src/host/assets.ts';
import { contentOf } from '../../src/object/elf/model.ts';
import { readElf } from '../../src/object/elf/reader.ts';

interface Targets {
  readonly targets: Readonly<Record<ArchName, readonly string[]>>;
  compileFlags(
    arch: ArchName,
    how: { root: string; resources: string; kernel?: boolean },
  ): readonly string[];
}

const { targets, compileFlags }: Targets = await import(
  pathToFileURL(join(root, 'setup', 'targets.mjs')).href
);

function tools(): { clang: string; resources: string } {
  return JSON.parse(readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'));
}

function clang(args: readonly string[], input: string): { ok: boolean; said: string } {
  const done = spawnSync(tools().clang, args, { cwd: root, input, encoding: 'utf8' });
  if (done.error !== undefined) throw done.error;
  return { ok: done.status === 0, said: done.stderr };
}

/** What the compiler says against C that includes guest headers; '' is nothing. */
export function compileC(arch: ArchName, source: string): string {
  const flags = compileFlags(arch, { root, resources: tools().resources, kernel: true });
  const { ok, said } = clang([...flags, '-fsyntax-only', '-x', 'c', '-'], source);
  return ok ? '' : said || 'it failed';
}

/** The bytes of position-independent assembly. */
export function assemble(arch: ArchName, source: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  try {
    const object = join(folder, 'a.o');
    const args = [...targets[arch], '-Wno-unused-command-line-argument'];
    const { ok, said } = clang(
      [...args, '-c', '-x', 'assembler', '-o', object, '-'],
      `${source}\n`,
    );
    if (!ok) throw new Error(said);
    const read = readElf(readFileSync(object));
    if (!read.ok) throw new Error('the object does not read');
    const text = read.value.sections.find(({ name }) => name === '.text');
    if (text === undefined || read.value.relocations.some(({ target }) => target === text))
      throw new Error('the assembly needs a linker');
    return Uint8Array.from(contentOf(read.value, text));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The object that source becomes, for the target alone: flags say the rest. */
export function compileObject(
  arch: ArchName,
  source: string,
  flags: readonly string[],
  language: 'c' | 'assembler' = 'c',
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
  try {
    const object = join(folder, 'a.o');
    const own = ['-ffreestanding', '-fno-pic', '-Wno-unused-command-line-argument'];
    const args = [...targets[arch], ...own, '-fdebug-compilation-dir=.', ...flags];
    const { ok, said } = clang([...args, '-c', '-x', language, '-o', object, '-'], `${source}\n`);
    if (!ok) throw new Error(said);
    return Uint8Array.from(readFileSync(object));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
