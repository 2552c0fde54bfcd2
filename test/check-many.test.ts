// modbox check on folders and archives: a table for all, details for a few.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { modbox } from './support/command.ts';
import { type LinuxSpec, linuxModule } from './support/linux-module.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-many-'));
afterAll(() => rmSync(folder, { recursive: true }));

const gpl = 'license=GPL';
const modules: Readonly<Record<string, LinuxSpec>> = {
  provider: { modinfo: [gpl], exports: [{ name: 'provided', gpl: true, crc: 7 }] },
  good: { modinfo: [gpl, 'depends=provider'], imports: ['provided', 'kfree'] },
  closed: { modinfo: ['depends=provider'], imports: ['provided'] },
  older: { modinfo: [gpl, 'depends=provider'], imports: ['provided'], versions: { provided: 6 } },
  lacking: { modinfo: [gpl], imports: ['provided', 'nowhere', 'nowhere_either'] },
  orphan: { modinfo: [gpl, 'depends=gone'], imports: ['nowhere'] },
};

describe.each(archNames)('%s', (arch) => {
  const here = join(folder, arch);
  mkdirSync(join(here, 'deep', 'er'), { recursive: true });
  for (const [name, spec] of Object.entries(modules))
    writeFileSync(join(here, 'deep', 'er', `${name}.ko`), linuxModule(arch, { name, ...spec }));
  writeFileSync(join(here, 'deep', 'broken.ko'), 'no ELF');
  const causes = [
    { kind: 'undefined-symbol', modules: 2, problems: 4 },
    { kind: 'unreadable', modules: 1, problems: 1 },
    { kind: 'gpl-only', modules: 1, problems: 1 },
    { kind: 'version', modules: 1, problems: 1 },
    { kind: 'missing-requirement', modules: 1, problems: 1 },
  ];

  test('a folder: modules find each other, and causes are counted', () => {
    const { status, stdout, stderr } = modbox('check', here, '--json');
    expect([status, stderr]).toEqual([1, '']);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ ok: false, modules: 7, wouldLoad: 2 });
    const sorted = (list: readonly { kind: string }[]) =>
      [...list].sort((a, b) => (a.kind < b.kind ? -1 : 1));
    expect(sorted(found.causes)).toMatchObject(sorted(causes));
    expect(found.undefinedMost[0]).toEqual({ symbol: 'nowhere', modules: 2 });
  });

  test('the text has the table, the first in full, and says how many are left', () => {
    const { status, stdout } = modbox('check', here);
    expect(status).toBe(1);
    expect(stdout).toContain(
      `${here}: 7 modules, 2 would load, 5 would not; checked against the guest kernel (${arch})\n`,
    );
    expect(stdout).toMatch(/^ +2 +4 {2}undefined symbols +lacking\.ko$/m);
    expect(stdout).toContain('missing in most modules: nowhere (2), ');
    expect(stdout).toContain('and 2 more (--all)');
    expect(modbox('check', here, '--all').stdout).not.toContain('more (--all)');
  });

  test('a tar archive gives what its folder gives', () => {
    const archive = join(folder, `${arch}.tar.gz`);
    const made = spawnSync('tar', ['-C', here, '-czf', archive, '.']);
    expect(made.status).toBe(0);
    const found = JSON.parse(modbox('check', archive, '--json').stdout);
    expect(found).toMatchObject({ ok: false, modules: 7, wouldLoad: 2 });
    expect(found.causes).toHaveLength(causes.length);
  });

  test('all that load are a line', () => {
    const one = join(here, 'deep', 'er', 'provider.ko');
    const only = join(folder, `${arch}-good`);
    mkdirSync(only);
    writeFileSync(join(only, 'p.ko'), linuxModule(arch, { name: 'p', modinfo: [gpl] }));
    const { status, stdout } = modbox('check', only, one);
    expect(status).toBe(0);
    expect(stdout).toMatch(/: 2 modules, 2 would load; checked against [^\n]*\n$/);
  });
});

test('a folder without modules is said to have none', () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const { status, stderr } = modbox('check', empty);
  expect([status, stderr]).toEqual([2, `modbox: ${empty}: no modules (.ko, .kmod, .o)\n`]);
});
