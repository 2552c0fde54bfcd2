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
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.boot(arch, path);
  });
  afterAll(() => bench.kernel.close());
  const answers = new Map<KnownAnswer, Answer>();
  asked.set(arch, answers);

  describe.each([...modules])('%s', (name, questions) => {
    const needed = [...new Set(questions.flatMap((each) => each.with ?? [])), name];
    test.skipIf(!existsSync(path(name)))('gives the known answers and leaves nothing', () => {
      bench.load(needed);
      for (const question of questions) {
        const answer = question.ask(bench);
        answers.set(question, answer);
        expect({ source: question.source, answer }).toEqual({
          source: question.source,
          answer: question.expected,
        });
      }
      expect(bench.clear()).toEqual([]);
    });
  });
});
