// What the commands say of shared objects.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import { buildShared } from './support/build-module.ts';
import { modbox } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-'));
afterAll(() => rmSync(folder, { recursive: true }));

function save({ name, bytes }: ObjectFile): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe.each(archNames)('%s', (arch) => {
  const low = (value: string) =>
    buildShared(
      arch,
      `lib${arch}.so.1`,
      { versions: `${value} { global: low; };` },
      { source: 'int low(void) { return 40; }' },
    );
  const source = 'int low(void);\nint high(void) { return low() + 2; }';
  const high = save(buildShared(arch, `high-${arch}.so`, { needs: [low('V1')] }, { source }));

  test('info tells its names, what it needs, and which versions', () => {
    const { stdout } = modbox('info', high);
    expect(stdout).toMatch(/format +ELF(32|64) shared object/);
    expect(stdout).toMatch(new RegExp(`needed +lib${arch}.so.1\nwants +V1 of lib${arch}.so.1`));
    expect(stdout).toMatch(new RegExp(`requires +lib${arch}\n`));
  });

  test('what it needs is found beside it, under the name that it has there', () => {
    save(low('V1'));
    expect(modbox('check', high)).toMatchObject({ status: 0 });
    const { status, stdout } = modbox('run', high, '--symbols=exported', '--call', 'high()');
    expect(stdout).toContain('high() = 42');
    expect(status).toBe(0);
  });

  test('check tells a version that is missing', () => {
    save(low('V2'));
    const { status, stdout } = modbox('check', high);
    expect(status).toBe(1);
    expect(stdout).toContain(`symbol low@V1 is not defined: lib${arch}.so.1 has low@V2`);
  });

  test('map lists its PT_LOADs and its sections', () => {
    const { status, stdout } = modbox('map', high);
    expect(status).toBe(0);
    expect(stdout).toMatch(/ r-x {2}text\n(.*\n)*.* PT_LOAD \d\n/);
  });
});
