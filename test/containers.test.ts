// Modules in compressed files, archives and packages: the command, and what the
// kernel asks for while it loads.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { samplePath } from '../src/host/assets.ts';
import { unwrap } from '../src/kernel/results.ts';
import { modbox } from './support/command.ts';
import { bootTest, failureOf } from './support/guest.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbox-packed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

/** A folder with these samples in it, packed. */
function packed(arch: (typeof archNames)[number], tool: string, ...names: string[]): string {
  const suffix = { gzip: '.gz', xz: '.xz', zstd: '.zst' }[tool] ?? '';
  const place = mkdtempSync(join(folder, `${arch}-`));
  for (const name of names) {
    const input = readFileSync(samplePath(arch, name));
    const bytes = tool === 'gzip' ? gzipSync(input) : execFileSync(tool, ['-c'], { input });
    writeFileSync(join(place, `${name}.ko${suffix}`), bytes);
  }
  return place;
}

describe.each(archNames)('%s', (arch) => {
  test.for(['gzip', 'xz', 'zstd'])(
    'a module packed with %s finds what it requires',
    async (tool, { skip }) => {
      if (!has(tool)) skip();
      const place = packed(arch, tool, 'consumer', 'provider');
      const suffix = { gzip: 'gz', xz: 'xz', zstd: 'zst' }[tool];
      const kernel = await bootTest(arch);
      try {
        const consumer = unwrap(kernel.load(join(place, `consumer.ko.${suffix}`)));
        expect(consumer.name).toBe('consumer');
        expect(kernel.modules.map(({ name }) => name)).toEqual(['provider', 'consumer']);
      } finally {
        kernel.close();
      }
    },
  );
});

describe.skipIf(!has('tar'))('an archive', () => {
  const place = mkdtempSync(join(folder, 'tree-'));
  for (const sub of ['kernel/lib', 'kernel/other'])
    mkdirSync(join(place, sub), { recursive: true });
  for (const name of ['consumer', 'provider', 'hello'])
    copyFileSync(samplePath('amd64', name), join(place, 'kernel/lib', `${name}.ko`));
  copyFileSync(samplePath('amd64', 'hello'), join(place, 'kernel/other', 'hello.ko'));
  const archive = join(folder, 'modules.tgz');
  execFileSync('tar', ['-C', place, '-czf', archive, '.']);

  test('is listed by info when no module is named', () => {
    const { status, stdout } = modbox('info', archive);
    expect(status).toBe(0);
    expect(stdout).toMatch(/modules\.tgz: tar archive, 4 modules$/m);
    expect(stdout).toMatch(/^ +\d+ {2}kernel\/lib\/provider\.ko$/m);
    expect(JSON.parse(modbox('info', archive, '--json').stdout)).toMatchObject({
      archive: 'tar',
      modules: expect.arrayContaining([
        {
          path: 'kernel/lib/consumer.ko',
          bytes: readFileSync(samplePath('amd64', 'consumer')).length,
        },
      ]),
    });
  });

  test('gives a module by its name, and with it what that requires', () => {
    const { status, stdout } = modbox('run', '-q', `${archive}:consumer.ko`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^provider .*modules\.tgz:kernel\/lib\/provider\.ko/m);
    expect(modbox('check', `${archive}:consumer`).status).toBe(0);
    expect(modbox('info', `${archive}:kernel/other/hello.ko`).status).toBe(0);
  });

  test.for<[string, RegExp]>([
    [':helo.ko', /has no module helo\.ko among its 4; did you mean hello\.ko\?/],
    [':hello.ko', /has 2 modules called hello\.ko, wanted the path of one: kernel\/lib\/hello\.ko/],
    ['', /has 4 modules, wanted the name of one behind a colon/],
  ])('with "%s" behind it is refused', ([member, message]) => {
    const { status, stderr } = modbox('run', `${archive}${member}`);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('a file that is none says so', () => {
    const { stderr } = modbox('info', `${samplePath('amd64', 'hello')}:x.ko`);
    expect(stderr).toMatch(/is no archive, so it has no x\.ko/);
  });
});

test('a requirement that is damaged is told as damaged, not as missing', async () => {
  const place = packed('amd64', 'gzip', 'consumer', 'provider');
  const bytes = readFileSync(join(place, 'provider.ko.gz'));
  writeFileSync(join(place, 'provider.ko.gz'), bytes.subarray(0, bytes.length - 20));
  const kernel = await bootTest('amd64');
  try {
    const failure = failureOf(kernel.load(join(place, 'consumer.ko.gz')));
    expect(failure.problems).toMatchObject([
      { stage: 'unpack', problem: { kind: 'truncated', format: 'gzip' } },
    ]);
  } finally {
    kernel.close();
  }
  const { status, stdout } = modbox('check', join(place, 'consumer.ko.gz'));
  expect(status).toBe(1);
  expect(stdout).toMatch(/provider is required and cannot be used\n +found .*truncated/);
});
