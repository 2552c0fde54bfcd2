// Coverage over many runs: for each test what it ran, for each source line who ran it.
// Records are added test by test; what comes out is by source file or by module.

import type { Arch } from '../arch/arch.ts';
import type { Decoder } from '../disasm/decoder.ts';
import { type ObjectCode, readCode } from './code.ts';
import { type CoveredCode, FileBuilders } from './file-builder.ts';
import { type FileCoverage, type Tallies, totalOf } from './file-coverage.ts';
import { addHits, type Hits, noHits } from './hits.ts';
import { listingOf } from './listing.ts';
import type { CodeRecord, ModuleRecord } from './recorder.ts';

export interface ModuleCoverage extends Tallies {
  readonly name: string;
  readonly file: string;
  /** Of its code only: a header's other users are not in it. */
  readonly files: readonly { readonly file: string; readonly tallies: Tallies }[];
}

interface Covered extends CoveredCode {
  readonly bytes: Uint8Array;
  readonly tests: Map<string, Hits>;
}

export class CoverageReport {
  readonly #arch: Arch;
  readonly #decoder: Decoder;
  readonly #objects: Covered[] = [];
  readonly #tests = new Set<string>();
  /** How many conditional branches each line has, of the objects known so far. */
  readonly #blocks = new Map<string, number>();

  constructor(arch: Arch, decoder: Decoder) {
    this.#arch = arch;
    this.#decoder = decoder;
  }

  /** The names of tests, in the order they were added. */
  get tests(): readonly string[] {
    return [...this.#tests];
  }

  /** Adds what ran in a test; one test may be added in parts. */
  add(test: string, record: CodeRecord): void {
    this.#tests.add(test);
    for (const each of record) {
      const object = this.#objectOf(each);
      if (object === undefined) continue;
      let hits = object.tests.get(test);
      if (hits === undefined) {
        hits = noHits(object.code);
        object.tests.set(test, hits);
      }
      addHits(hits, object.code, each);
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
      const { name, file } = object.code;
      // A listing has lines only for lcov's sake.
      const built = files
        .build()
        .map((each) => (each.listing === undefined ? each : { ...each, lines: new Map() }));
      const own = built.map((each) => ({ file: each.file, tallies: totalOf([each]) }));
      return { name, file, files: own, ...totalOf(built) };
    });
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

  #objectOf({ view }: ModuleRecord): Covered | undefined {
    const { placed } = view;
    if (placed === undefined) return undefined;
    const { bytes } = placed.object;
    const known = this.#objects.find(
      (each) => each.code.file === view.file && areSame(each.bytes, bytes),
    );
    if (known !== undefined) return known;
    const code = readCode(view, placed, this.#arch, this.#decoder);
    const blocks = this.#number(code);
    const names = new Set(this.#objects.map(({ listing }) => listing?.name));
    const object = { code, bytes, blocks, listing: listingOf(code, names), tests: new Map() };
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

function areSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}
