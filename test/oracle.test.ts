// Real modules, linked by us and by ld.lld for the same addresses, are the same to
// the last byte: 25 of each target of the corpus, or where that was not fetched, the
// five modules per architecture that set-up brings.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { sampleOf, seededRandom } from '../src/base/random.ts';
import { compareWithLld } from '../src/corpus/oracle.ts';
import { findTarget, findTargets } from '../src/corpus/targets.ts';
import { cacheFolder, debianPath, root } from '../src/host/assets.ts';

const SAMPLE = 25;
const SEED = 1;

const tools: { lld: string } = JSON.parse(
  readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'),
);
const options = { lld: tools.lld, seed: SEED, clock: () => 0 };

const corpus = findTargets(join(cacheFolder(process.env), 'corpus'));
const fetched = archNames.flatMap(
  (arch) => findTarget(dirname(debianPath(process.env, arch, 'any')), arch) ?? [],
);
const targets = corpus.length > 0 ? corpus : fetched;

test.runIf(targets.length === 0)('real modules are there', (context) => {
  const what = 'modules of real Debian kernels are missing; `npm run setup` fetches them';
  if (process.env['CI'] === 'true') expect.fail(what);
  context.skip(what);
});

describe.for(targets)('$name', (target) => {
  test('is what ld.lld makes of it', async () => {
    const modules = sampleOf(target.modules, SAMPLE, seededRandom(SEED));
    const result = await compareWithLld(target, modules, options);
    expect(result.differences).toEqual([]);
    expect(result.identical).toBe(modules.length);
    expect(result.bytes).toBeGreaterThan(modules.length * 1000);
  }, 120_000);
});

describe.skipIf(fetched.length === 0)('the comparison', () => {
  const [target] = fetched;
  if (target === undefined) return;

  test('tells when a byte differs', async () => {
    // An architecture whose branches are off by one unit of its instructions.
    const rules = [...target.arch.relocations].map(([type, rule]) => {
      const value: typeof rule.value = (operands) => rule.value(operands) + 4n;
      return [type, { ...rule, value, narrow: undefined }] as const;
    });
    const arch = { ...target.arch, relocations: new Map(rules) };
    const result = await compareWithLld({ ...target, arch }, target.modules, options);
    expect(result.identical).toBe(0);
    expect(result.differences[0]).toMatch(/\+0x[0-9a-f]+: lld [0-9a-f]+, ours [0-9a-f]+$/);
  });

  test('another seed places sections elsewhere, and they are still the same', async () => {
    const result = await compareWithLld(target, target.modules, { ...options, seed: 2 });
    expect(result.differences).toEqual([]);
  });

  test('tells when ld.lld fails', async () => {
    const modules = target.modules.slice(0, 1);
    const result = await compareWithLld(target, modules, { ...options, lld: process.execPath });
    expect(result.differences[0]).toMatch(/: lld: /);
  });
});
