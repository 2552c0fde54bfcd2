// What docs/known-answers.md says: the modules, how each was asked, who says what
// is right, and where it gave the known answers.

import type { ArchName } from '../../src/arch/arch.ts';
import type { Answer, KnownAnswer } from './bench.ts';
import { families } from './families.ts';

/** The document, from the answers that were given, by architecture. */
export function knownAnswersTable(
  given: ReadonlyMap<ArchName, ReadonlyMap<KnownAnswer, Answer>>,
): string {
  const archs = [...given.keys()];
  const onAll = { modules: 0, answers: 0 };
  const sections = families.map(({ name, answers }) => {
    const rows = [...new Set(answers.map((each) => each.module))].map((module) => {
      const asked = answers.filter((each) => each.module === module);
      const ticks = archs.map((arch) =>
        asked.some((each) => given.get(arch)?.has(each)) ? '✓' : '–',
      );
      if (ticks.every((tick) => tick === '✓')) onAll.modules += 1;
      onAll.answers += asked.length;
      const cells = [module, all(asked, 'driver'), all(asked, 'source'), ...ticks];
      return `| ${cells.join(' | ')} |`;
    });
    const head = `| module | asked through | who says what is right | ${archs.join(' | ')} |`;
    const line = `|---|---|---|${archs.map(() => ':-:').join('|')}|`;
    return `## ${name}\n\n${[head, line, ...rows].join('\n')}\n`;
  });
  return `${introduction(onAll, archs)}\n${sections.join('\n')}`;
}

const all = (asked: readonly KnownAnswer[], field: 'driver' | 'source'): string =>
  [...new Set(asked.map((each) => each[field]))].join('; ').replaceAll('|', '\\|');

const introduction = (
  { modules, answers }: { modules: number; answers: number },
  archs: readonly ArchName[],
): string => `# Known answers

${modules} of Debian's modules give the known answers on ${archs.length} architectures, the same to the bit; ${answers} questions in all. Each module
is loaded unmodified with all of its symbols defined (none trapped), asked, and unloaded; it must leave nothing behind and nothing must be noticed of it.
Made by \`npx vitest run test/known-answers.test.ts -u\`, last on 2026-11-27, from Linux 6.1.176-1; the test fails when this page says something else.
A dash: Debian's kernel for that architecture has no such module.
`;
