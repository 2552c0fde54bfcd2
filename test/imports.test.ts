// What Linux asks of a module for the symbols it uses, asked by the linker thread
// of every architecture: licence, namespace, version.

import { expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { describeProblem } from '../src/kernel/problem.ts';
import { type LoadFailure, type LoadResult, unwrap } from '../src/kernel/results.ts';
import { bootTest, failureOf, holdings } from './support/guest.ts';
import { type LinuxSpec, linuxModule } from './support/linux-module.ts';

const ENOENT = 2;
const EINVAL = 22;

const provider: LinuxSpec = {
  name: 'provider',
  modinfo: ['license=GPL'],
  exports: [
    { name: 'free', crc: 0x1111_1111 },
    { name: 'gpl_only', gpl: true, crc: 0x2222_2222 },
    { name: 'spaced', namespace: 'SPACE' },
  ],
};

const gpl = 'license=GPL';
const proprietary = 'license=Proprietary';

async function load(arch: ArchName, user: LinuxSpec): Promise<LoadResult> {
  const kernel = await bootTest(arch);
  unwrap(kernel.load({ name: 'provider.ko', bytes: linuxModule(arch, provider) }));
  const before = holdings(kernel);
  const loaded = kernel.load({
    name: 'user.ko',
    bytes: linuxModule(arch, { name: 'user', ...user }),
  });
  if (!loaded.ok) expect(holdings(kernel)).toEqual(before);
  kernel.close();
  return loaded;
}

const sentencesOf = ({ problems }: LoadFailure): readonly string[] => problems.map(describeProblem);

const good: readonly (readonly [string, LinuxSpec])[] = [
  ['a GPL-only symbol in a GPL module', { modinfo: [gpl], imports: ['gpl_only'] }],
  ['a symbol for all under any licence', { modinfo: [proprietary], imports: ['free'] }],
  ['an imported namespace', { modinfo: [gpl, 'import_ns=SPACE'], imports: ['spaced'] }],
  ['the same version', { imports: ['free'], versions: { free: 0x1111_1111 } }],
  ['no version in the module', { imports: ['free'], versions: { other: 1 } }],
  ['no version in the kernel', { imports: ['kfree'], versions: { kfree: 1 } }],
  ['the kernel’s GPL-only symbol in a GPL module', { modinfo: [gpl], imports: ['ktime_get'] }],
];

const bad: readonly (readonly [string, LinuxSpec, number, string])[] = [
  [
    'a GPL-only symbol in another module',
    { modinfo: [proprietary], imports: ['gpl_only'] },
    ENOENT,
    'user.ko: gpl_only is for modules under the GPL only (exported by provider): ' +
      'found "Proprietary", wanted',
  ],
  [
    'a GPL-only symbol in a module without a licence',
    { imports: ['ktime_get'] },
    ENOENT,
    'user.ko: ktime_get is for modules under the GPL only (exported by the kernel): ' +
      'found no licence, wanted',
  ],
  [
    'a namespace that is not imported',
    { modinfo: [gpl, 'import_ns=OTHER'], imports: ['spaced'] },
    EINVAL,
    'user.ko: spaced is in the namespace SPACE, which is not imported (exported by provider): ' +
      'found OTHER, wanted import_ns=SPACE in .modinfo; add MODULE_IMPORT_NS(SPACE)',
  ],
  [
    'another version',
    { imports: ['free'], versions: { free: 0x1111_1110 } },
    EINVAL,
    'user.ko: the module disagrees about the version of free (exported by provider): ' +
      'found 0x11111110, wanted 0x11111111; its type',
  ],
];

const rows = archNames.map((arch) => [arch] as const);

test.for(rows.flatMap(([arch]) => good.map(([what, spec]) => ({ arch, what, spec }))))(
  '$arch: $what is right',
  async ({ arch, spec }) => {
    expect((await load(arch, spec)).ok).toBe(true);
  },
);

test.for(
  rows.flatMap(([arch]) =>
    bad.map(([what, spec, error, words]) => ({ arch, what, spec, error, words })),
  ),
)('$arch: $what is refused, and says so', async ({ arch, spec, error, words }) => {
  const failure = failureOf(await load(arch, spec));
  expect(failure).toMatchObject({ stage: 'link', error });
  expect(sentencesOf(failure)).toEqual([expect.stringContaining(words)]);
});

test.for(archNames)('%s: all that is wrong is told at once', async (arch) => {
  const spec = {
    modinfo: [proprietary],
    imports: ['spaced', 'gpl_only', 'free'],
    versions: { free: 1, gpl_only: 2 },
  };
  const { problems } = failureOf(await load(arch, spec));
  expect(problems.map(({ stage }) => stage)).toEqual(['import', 'import', 'import', 'import']);
  expect(problems).toMatchObject([
    { problem: { kind: 'namespace', symbol: 'spaced' } },
    { problem: { kind: 'gpl-only', symbol: 'gpl_only' } },
    { problem: { kind: 'version', symbol: 'gpl_only', wanted: 0x2222_2222, found: 2 } },
    { problem: { kind: 'version', symbol: 'free', wanted: 0x1111_1111, found: 1 } },
  ]);
});
