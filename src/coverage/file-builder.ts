// One source file's coverage while it is put together from the objects that have code
// of it; a header is in many.

import type { CodeFunction, ObjectCode } from './code.ts';
import type { BranchCoverage, FileCoverage, FunctionCoverage } from './file-coverage.ts';
import { type Hits, WENT } from './hits.ts';
import type { Listing } from './listing.ts';

/** What a report knows of an object. */
export interface CoveredCode {
  readonly code: ObjectCode;
  readonly listing: Listing | undefined;
  /** Of each conditional branch its number among those of its line. */
  readonly blocks: readonly number[];
}

export class FileBuilders {
  readonly #files = new Map<string, FileBuilder>();

  /** Adds an object's code, and what tests ran of it. */
  add({ code, listing, blocks }: CoveredCode, tests: readonly Hits[]): void {
    for (const each of code.functions) {
      const name = each.source?.file ?? listing?.name;
      const line = each.source?.line ?? listing?.functions.get(each.first);
      if (name === undefined) continue;
      const own = this.#file(name, each.source === undefined ? listing : undefined);
      if (line !== undefined && !each.isPart)
        own.addFunction(each.name, line, countOf(each, tests));
      for (let i = each.first; i < each.end; i++) {
        const { source, branch } = code.instructions[i] ?? {};
        const file = source === undefined ? own : this.#file(source.file, undefined);
        const at = source?.line ?? listing?.lines.get(i);
        const ran = tests.filter((test) => test.ran[i] === 1);
        file.addInstruction(at, ran);
        if (branch === undefined || at === undefined) continue;
        const ways = (way: number): number =>
          tests.filter(({ went }) => ((went[branch] ?? 0) & way) !== 0).length;
        const [elsewhere, on] = [ways(WENT.elsewhere), ways(WENT.on)];
        const block = blocks[branch] ?? 0;
        file.addBranch({ line: at, block, reached: ran.length > 0, elsewhere, on });
      }
    }
  }

  /** By name. */
  build(): readonly FileCoverage[] {
    return [...this.#files.values()]
      .map((file) => file.build())
      .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  }

  #file(name: string, listing: Listing | undefined): FileBuilder {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = new FileBuilder(name, listing);
      this.#files.set(name, file);
    }
    return file;
  }
}

function countOf({ first, end }: CodeFunction, tests: readonly Hits[]): number {
  return tests.filter(({ ran }) => ran.subarray(first, end).includes(1)).length;
}

class FileBuilder {
  readonly #file: string;
  readonly #listing: Listing | undefined;
  readonly #functions = new Map<string, FunctionCoverage>();
  readonly #lines = new Map<number, Set<Hits>>();
  readonly #branches: BranchCoverage[] = [];
  #found = 0;
  #hit = 0;

  constructor(file: string, listing: Listing | undefined) {
    this.#file = file;
    this.#listing = listing;
  }

  /** @param line undefined: the compiler's own, of no line */
  addInstruction(line: number | undefined, ran: readonly Hits[]): void {
    this.#found++;
    if (ran.length > 0) this.#hit++;
    if (line === undefined) return;
    const seen = this.#lines.get(line) ?? new Set();
    this.#lines.set(line, seen);
    for (const test of ran) seen.add(test);
  }

  addBranch(branch: BranchCoverage): void {
    this.#branches.push(branch);
  }

  /** Several objects may have a function of a header. */
  addFunction(name: string, line: number, count: number): void {
    const known = this.#functions.get(name);
    this.#functions.set(name, { name, line, count: count + (known?.count ?? 0) });
  }

  build(): FileCoverage {
    const lines = [...this.#lines].sort(([a], [b]) => a - b);
    return {
      file: this.#file,
      listing: this.#listing,
      functions: [...this.#functions.values()].sort((a, b) => a.line - b.line),
      lines: new Map(lines.map(([line, seen]) => [line, seen.size])),
      branches: this.#branches.sort((a, b) => a.line - b.line || a.block - b.block),
      instructions: { found: this.#found, hit: this.#hit },
    };
  }
}
