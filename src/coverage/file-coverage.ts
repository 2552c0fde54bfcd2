// What coverage says of a source file, in lcov's words: functions, lines, branches; and
// instructions, which only the machine code has.

import type { Listing } from './listing.ts';

/** Counts are numbers of tests. */
export interface FileCoverage {
  /** As the compiler named it; of a listing, a name for it. */
  readonly file: string;
  /** undefined: it is a source file. */
  readonly listing: Listing | undefined;
  readonly functions: readonly FunctionCoverage[];
  /** By line, lowest first. */
  readonly lines: ReadonlyMap<number, number>;
  readonly branches: readonly BranchCoverage[];
  readonly instructions: Tally;
}

export interface FunctionCoverage {
  readonly name: string;
  readonly line: number;
  readonly count: number;
}

/** A conditional branch; one line may have several, and one that was inlined more of each. */
export interface BranchCoverage {
  readonly line: number;
  /** Which of the line's. */
  readonly block: number;
  readonly reached: boolean;
  /** How many tests saw it go elsewhere, and how many go on behind it. */
  readonly elsewhere: number;
  readonly on: number;
}

export interface Tally {
  readonly found: number;
  readonly hit: number;
}

export interface Tallies {
  readonly functions: Tally;
  readonly lines: Tally;
  /** Each conditional branch is two. */
  readonly branches: Tally;
  readonly instructions: Tally;
}

/** The sums over files. */
export function totalOf(files: readonly FileCoverage[]): Tallies {
  const isHit = (count: number): boolean => count > 0;
  const ways = ({ branches }: FileCoverage) =>
    branches.flatMap(({ elsewhere, on }) => [elsewhere, on]);
  return {
    functions: sum(files.map((file) => tally(file.functions, ({ count }) => isHit(count)))),
    lines: sum(files.map((file) => tally([...file.lines.values()], isHit))),
    branches: sum(files.map((file) => tally(ways(file), isHit))),
    instructions: sum(files.map(({ instructions }) => instructions)),
  };
}

function tally<T>(all: readonly T[], isHit: (one: T) => boolean): Tally {
  return { found: all.length, hit: all.filter(isHit).length };
}

function sum(tallies: readonly Tally[]): Tally {
  return {
    found: tallies.reduce((all, { found }) => all + found, 0),
    hit: tallies.reduce((all, { hit }) => all + hit, 0),
  };
}
