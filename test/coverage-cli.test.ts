// modbox run --coverage, and what genhtml makes of it.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath, root, samplePath } from '../src/host/assets.ts';
import { modbox } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-coverage-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GENHTML = 'genhtml';
const genhtml = (...args: readonly string[]) =>
  spawnSync(GENHTML, args, { encoding: 'utf8', cwd: folder });
const hasLcov = genhtml('--version').status === 0;
const why = hasLcov ? '' : ' (genhtml is not installed: apt-get install lcov)';

describe.for(archNames)('%s', (arch) => {
  const branches = join(root, 'build', 'test-modules', arch, 'branches.ko');

  test('a table shows what ran', () => {
    const { status, stdout } = modbox('run', '--coverage', branches, '--call', 'sign(1)');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /\ncoverage +functions +lines +branches +instructions\nbranches +3\/6 +50%/,
    );
    expect(stdout).toMatch(/\n {2}test\/modules\/branches\/branches\.c +3\/6 +50% +\d+\/\d+ /);
    expect(stdout).not.toMatch(/\bSF:/);
  });

  test('with --json it is in the document', () => {
    const { stdout } = modbox('run', '--coverage', '--json', branches, '--call', 'total(2)');
    expect(JSON.parse(stdout)).toMatchObject({
      coverage: [{ name: 'branches', functions: { found: 6, hit: 3 } }],
    });
    expect(JSON.parse(modbox('run', '--json', branches).stdout)).not.toHaveProperty('coverage');
  });

  test('a tracefile has the source where it is', () => {
    const trace = join(folder, `${arch}.info`);
    const run = modbox('run', `--coverage=${trace}`, branches, samplePath(arch, 'nullderef'));
    expect(run.status).toBe(1);
    const text = readFileSync(trace, 'utf8');
    expect(text).toContain(`SF:${join(root, 'test/modules/branches/branches.c')}\nFN:13,sign\n`);
    expect(text).toContain('\nFNDA:1,prepare\n');
    expect(text).toContain('\nFNDA:0,never\n');
    expect(text).toContain('\nDA:51,1\nDA:52,1\nDA:53,0\n');
    expect(text.match(/^TN:.*$/gm)).toEqual(['TN:run', 'TN:run']);
  });

  test.skipIf(!hasLcov)(`genhtml takes it without a warning${why}`, () => {
    const trace = join(folder, `html-${arch}.info`);
    modbox('run', `--coverage=${trace}`, branches, samplePath(arch, 'workload'));
    const html = join(folder, `html-${arch}`);
    const { status, stdout, stderr } = genhtml('--branch-coverage', '-o', html, trace);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toMatch(/warn/i);
    expect(stdout).toMatch(/functions\.\.: .* \(3 of 9 functions\)/);
  });

  const crc = debianPath(process.env, arch, 'crc-itu-t');
  test.skipIf(!existsSync(crc))('a module of Debian without lines has a listing', () => {
    const trace = join(folder, `debian-${arch}.info`);
    const call = ['--call', 'crc_itu_t(0, "123456789", 9):u16'];
    const { stdout } = modbox('run', `--coverage=${trace}`, crc, ...call);
    expect(stdout).toMatch(/\ncrc_itu_t +1\/1 100% +- +3\/4 +75% +\d+\/\d+ /);
    const listings = `${trace}.listings`;
    expect(readdirSync(listings)).toEqual(['crc-itu-t.ko.disassembly']);
    const listing = readFileSync(join(listings, 'crc-itu-t.ko.disassembly'), 'utf8').split('\n');
    const text = readFileSync(trace, 'utf8');
    expect(text).toContain(`SF:${join(listings, 'crc-itu-t.ko.disassembly')}\nFN:1,crc_itu_t\n`);
    expect(listing[0]).toBe('crc_itu_t:');
    for (const [, line] of text.matchAll(/^DA:(\d+),/gm))
      expect(listing[Number(line) - 1]).toMatch(/^ +[0-9a-f]+: {2}([0-9a-f]{2} )+/);
    if (hasLcov) expect(genhtml('-o', join(folder, `debian-${arch}`), trace).status).toBe(0);
  });
});

test('a tracefile that cannot be written is an error, after the report', () => {
  const trace = join(folder, 'nowhere', 'x.info');
  const { status, stdout, stderr } = modbox(
    'run',
    `--coverage=${trace}`,
    samplePath('amd64', 'hello'),
  );
  expect(status).toBe(2);
  expect(stdout).toContain('load ok, init ok, fini ok');
  expect(stderr).toContain(trace);
});
