// Many mutants, and what became of them.  A mutant is named by its seed and number:
// it can be made again alone.

import type { Arch } from '../arch/arch.ts';
import { seededRandom, seedFor } from '../base/random.ts';
import { type Mutant, mutate, type Seed } from './mutate.ts';
import { runPasses } from './passes.ts';

/** The good objects of one architecture. */
export interface Stock {
  readonly arch: Arch;
  readonly seeds: readonly Seed[];
}

export interface MadeMutant extends Mutant {
  readonly arch: Arch;
  readonly seed: Seed;
}

/** Mutant `number` of all that `seed` stands for; architectures take turns. */
export function makeMutant(stocks: readonly Stock[], seed: number, number: number): MadeMutant {
  const stock = stocks[number % stocks.length];
  const random = seededRandom(seedFor(seed, `mutant ${number}`));
  const chosen = stock?.seeds[random.below(stock.seeds.length)];
  if (stock === undefined || chosen === undefined) throw new Error('nothing to mutate');
  const others = stocks.flatMap(({ seeds }) => seeds);
  return { arch: stock.arch, seed: chosen, ...mutate(chosen, others, random) };
}

export interface Crash {
  readonly number: number;
  readonly error: string;
}

export interface Tally {
  mutants: number;
  linked: number;
  relocations: number;
  /** By pass and kind of problem: how many mutants had it, and the first of them. */
  readonly causes: Map<string, { mutants: number; readonly first: number }>;
  readonly crashes: Crash[];
  slowest: { readonly number: number; readonly milliseconds: number };
  /** The same for the same outcomes in the same order. */
  digest: number;
}

export function newTally(): Tally {
  return {
    mutants: 0,
    linked: 0,
    relocations: 0,
    causes: new Map(),
    crashes: [],
    slowest: { number: 0, milliseconds: 0 },
    digest: 0,
  };
}

/** `clock` answers milliseconds. */
export function tryMutant(
  tally: Tally,
  stocks: readonly Stock[],
  seed: number,
  number: number,
  clock: () => number,
): void {
  const mutant = makeMutant(stocks, seed, number);
  const start = clock();
  const outcome = outcomeOf(tally, mutant, number);
  const milliseconds = clock() - start;
  if (milliseconds > tally.slowest.milliseconds) tally.slowest = { number, milliseconds };
  tally.mutants++;
  tally.digest = seedFor(tally.digest, `${number} ${outcome.join(' ')}`);
  for (const name of new Set(outcome)) {
    const cause = tally.causes.get(name) ?? { mutants: 0, first: number };
    cause.mutants++;
    tally.causes.set(name, cause);
  }
}

function outcomeOf(tally: Tally, { bytes, arch }: MadeMutant, number: number): readonly string[] {
  try {
    const outcome = runPasses(bytes, arch);
    if (outcome.kind === 'refused') {
      if (outcome.causes.length === 0) throw new Error('refused without a problem');
      return outcome.causes.map(({ name }) => name);
    }
    tally.linked++;
    tally.relocations += outcome.relocations;
    return ['linked'];
  } catch (thrown) {
    const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    tally.crashes.push({ number, error });
    return ['crash'];
  }
}
