// What each case ran, by its name.  Cases run on several threads and in any order; a
// report gets them in the order of the files, so that it is the same.  Loading is no
// case's own: what runs before a case begins is a test by itself.

import type { ArchName } from '../arch/arch.ts';
import type { CodeReader, ObjectHits } from '../coverage/code-reader.ts';
import type { CoverageReport } from '../coverage/report.ts';
import { openCodeReader } from '../host/coverage.ts';
import type { Plan, Subject } from './plan.ts';
import { suiteTitle } from './results.ts';

export interface CaseCoverage {
  readonly subject: number;
  /** Of the case; undefined: what ran before cases, of what they have in common. */
  readonly slot: number | undefined;
  readonly hits: readonly ObjectHits[];
}

/** One reader for each architecture, opened when it is wanted; for one thread. */
export class CodeReaders {
  readonly #open = new Map<ArchName, Promise<CodeReader>>();

  of(arch: ArchName): Promise<CodeReader> {
    const reader = this.#open.get(arch) ?? openCodeReader(arch);
    this.#open.set(arch, reader);
    return reader;
  }
}

/** Adds what ran in all tasks of a plan, in any order, to a report. */
export function addCoverage(
  report: Pick<CoverageReport, 'addHits'>,
  { subjects }: Pick<Plan, 'subjects'>,
  covered: readonly CaseCoverage[],
): void {
  const titles = titlesOf(subjects);
  const ordered = covered.toSorted(
    (a, b) => a.subject - b.subject || (a.slot ?? -1) - (b.slot ?? -1),
  );
  for (const { subject, slot, hits } of ordered) {
    const name = slot === undefined ? undefined : subjects[subject]?.suite.cases[slot]?.name;
    report.addHits(`${titles[subject]}${name === undefined ? '' : `: ${name}`}`, hits);
  }
}

/** "crc16/amd64"; of several suites of one name the later ones are numbered. */
function titlesOf(subjects: readonly Subject[]): readonly string[] {
  const taken = new Set<string>();
  return subjects.map(({ suite: { name }, arch }) => {
    let title = suiteTitle({ name, arch });
    for (let i = 2; taken.has(title); i++) title = suiteTitle({ name: `${name} (${i})`, arch });
    taken.add(title);
    return title;
  });
}
