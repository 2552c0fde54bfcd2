// Debian's own modules against public standards: each is loaded unmodified, every
// symbol that it uses being there, asked, and taken out again, on four
// architectures, whose answers must be the same to the bit.

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { debianPath } from '../src/host/assets.ts';
import { type Answer, Bench, type KnownAnswer } from './known-answers/bench.ts';
import { families } from './known-answers/families.ts';

const modules = new Map<string, KnownAnswer[]>();
for (const answer of families.flatMap((family) => family.answers))
  modules.set(answer.module, [...(modules.get(answer.module) ?? []), answer]);
const asked = new Map<string, Map<KnownAnswer, Answer>>();

describe.each(archNames)('%s', (arch) => {
  const path = (name: string): string => debianPath(process.env, arch, name);
  const here = [...modules].flatMap(([name, all]) => {
    const questions = all.filter((each) => !each.notOn?.includes(arch));
    return questions.length === 0 ? [] : [{ name, questions }];
  });
  const missing = here.filter(({ name }) => !existsSync(path(name))).map(({ name }) => name);
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
      bench = await Bench.boot(arch, path);
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

test('the answers are the same on all architectures', () => {
  const [first, ...others] = [...asked.values()];
  for (const other of others)
    for (const [question, answer] of other)
      if (first?.has(question)) expect(first.get(question)).toEqual(answer);
});
