// Debian's own modules against public standards: each is loaded unmodified, every
// symbol that it uses being there, asked, and taken out again, on four
// architectures, whose answers must be the same to the bit.

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { debianPath } from '../src/host/assets.ts';
import { type Answer, Bench, type KnownAnswer } from './known-answers/bench.ts';
import { families } from './known-answers/families.ts';
import { knownAnswersTable } from './known-answers/table.ts';

const modules = new Map<string, KnownAnswer[]>();
for (const answer of families.flatMap((family) => family.answers))
  modules.set(answer.module, [...(modules.get(answer.module) ?? []), answer]);
const asked = new Map<ArchName, Map<KnownAnswer, Answer>>();

const path = (arch: ArchName, name: string): string => debianPath(process.env, arch, name);

/** What is asked on one architecture, and the modules that are not there. */
function plan(arch: ArchName): {
  here: { name: string; questions: KnownAnswer[] }[];
  missing: string[];
} {
  const here = [...modules].flatMap(([name, all]) => {
    const questions = all.filter((each) => !each.notOn?.includes(arch));
    return questions.length === 0 ? [] : [{ name, questions }];
  });
  const missing = here.map(({ name }) => name).filter((name) => !existsSync(path(arch, name)));
  return { here, missing };
}
const plans = archNames.map((arch) => ({ arch, ...plan(arch) }));

describe.each(plans)('$arch', ({ arch, here, missing }) => {
  const absent = missing.length > 0;
  if (absent) {
    const what = `Debian modules for ${arch} are missing: ${missing.join(', ')}`;
    if (process.env['CI'] === 'true') test(what, () => expect.fail(`${what}; npm run setup`));
    // biome-ignore lint/suspicious/noConsole: a skip must not go unseen
    else console.warn(`SKIPPED: ${what}; \`npm run setup\` fetches them`);
  }

  describe.skipIf(absent)('modules', () => {
    const answers = new Map<KnownAnswer, Answer>();
    asked.set(arch, answers);
    let bench: Bench;
    beforeAll(async () => {
      bench = await Bench.boot(arch, (name) => path(arch, name));
    });
    afterAll(() => bench.kernel.close());

    test.for(here)('$name gives the known answers and leaves nothing', ({ name, questions }) => {
      bench.load([...new Set(questions.flatMap((each) => each.with ?? [])), name]);
      for (const question of questions) {
        const answer = question.ask(bench);
        answers.set(question, answer);
        const { driver, source, expected } = question;
        expect({ driver, source, answer }).toEqual({ driver, source, answer: expected });
      }
      expect(bench.clear()).toEqual([]);
    });
  });
});

describe.skipIf(plans.some(({ missing }) => missing.length > 0))('all architectures', () => {
  test('give the same answers', () => {
    const [first, ...others] = [...asked.values()];
    for (const other of others)
      for (const [question, answer] of other)
        if (first?.has(question)) expect(first.get(question)).toEqual(answer);
  });

  test('are in docs/known-answers.md as they were found', async () => {
    await expect(knownAnswersTable(asked)).toMatchFileSnapshot('../docs/known-answers.md');
  });
});
