// Coverage over many runs: for each test what it ran, for each source line who ran it.
// Records are added test by test; what comes out is by source file or by module.  The
// objects may be of several architectures: a line ran if it did on any.

import type { ArchName } from '../arch/arch.ts';
import type { ObjectCode } from './code.ts';
import type { CodeReader, ObjectHits } from './code-reader.ts';
import { type CoveredCode, FileBuilders } from './file-builder.ts';
import { type FileCoverage, type Tallies, totalOf } from './file-coverage.ts';
import { type Hits, joinHits, noHits } from './hits.ts';
import { listingOf } from './listing.ts';
import type { CodeRecord } from './recorder.ts';

export interface ModuleCoverage extends Tallies {
  readonly name: string;
  readonly arch: ArchName;
  readonly file: string;
  /** Of its code only: a header's other users are not in it. */
  readonly files: readonly { readonly file: string; readonly tallies: Tallies }[];
}

interface Covered extends CoveredCode {
  readonly tests: Map<string, Hits>;
}

export class CoverageReport {
  readonly #reader: CodeReader;
  readonly #objects: Covered[] = [];
  readonly #tests = new Set<string>();
  /** How many conditional branches each line has, of the objects known so far. */
  readonly #blocks = new Map<string, number>();

  constructor(reader: CodeReader) {
    this.#reader = reader;
  }

  /** The names of tests, in the order they were added. */
  get tests(): readonly string[] {
    return [...this.#tests];
  }

  /**
   * Adds what ran in a test; one test may be added in parts.
   *
   * @throws when the record is of an architecture that the report is not open for
   */
  add(test: string, record: CodeRecord): void {
    this.addHits(test, this.#reader.read(record));
  }

  /** The same, of a record that has been read, here or in another thread. */
  addHits(test: string, hits: readonly ObjectHits[]): void {
    this.#tests.add(test);
    for (const each of hits) {
      const object = this.#objectOf(each.code);
      const known = object.tests.get(test) ?? noHits(object.code);
      object.tests.set(test, known);
      joinHits(known, each.hits);
    }
  }

  /** By source file; of all tests, or of one: then only what was loaded in it. */
  files(test?: string): readonly FileCoverage[] {
    const files = new FileBuilders();
    for (const object of this.#objects) {
      const tests = hitsOf(object, test);
      if (tests.length > 0) files.add(object, tests);
    }
    return files.build();
  }

  /** By module, all tests together, in the order they were first loaded. */
  modules(): readonly ModuleCoverage[] {
    return this.#objects.map((object) => {
      const files = new FileBuilders();
      files.add(object, hitsOf(object));
      const { name, arch, file } = object.code;
      const built = withoutListings(files.build());
      const own = built.map((each) => ({ file: each.file, tallies: totalOf([each]) }));
      return { name, arch, file, files: own, ...totalOf(built) };
    });
  }

  /** Of everything: functions and lines of a source file once, whoever has code of it. */
  totals(): Tallies {
    return totalOf(withoutListings(this.files()));
  }

  /** The tests that ran code of a line of a source file, as the compiler named it. */
  testsOf(file: string, line: number): readonly string[] {
    return this.tests.filter((test) =>
      this.#objects.some(({ code, tests }) => {
        const ran = tests.get(test)?.ran;
        return code.instructions.some(
          ({ source }, i) => source?.file === file && source.line === line && ran?.[i] === 1,
        );
      }),
    );
  }

  #objectOf(code: ObjectCode): Covered {
    const known = this.#objects.find((each) => isSame(each.code, code));
    if (known !== undefined) return known;
    const blocks = this.#number(code);
    const names = new Set(this.#objects.map(({ listing }) => listing?.name));
    const object = { code, blocks, listing: listingOf(code, names), tests: new Map() };
    this.#objects.push(object);
    return object;
  }

  /** Numbers branches line by line, on from those of other objects. */
  #number({ branches, instructions }: ObjectCode): readonly number[] {
    return branches.map((index) => {
      const source = instructions[index]?.source;
      if (source === undefined) return 0;
      const line = `${source.line} ${source.file}`;
      const block = this.#blocks.get(line) ?? 0;
      this.#blocks.set(line, block + 1);
      return block;
    });
  }
}

function hitsOf({ tests }: Covered, test?: string): readonly Hits[] {
  if (test === undefined) return [...tests.values()];
  const hits = tests.get(test);
  return hits === undefined ? [] : [hits];
}

/** A listing has lines only for lcov's sake. */
function withoutListings(files: readonly FileCoverage[]): readonly FileCoverage[] {
  return files.map((each) => (each.listing === undefined ? each : { ...each, lines: new Map() }));
}

/** Threads have copies of their own. */
function isSame(a: ObjectCode, b: ObjectCode): boolean {
  return a === b || (a.file === b.file && a.digest === b.digest);
}
