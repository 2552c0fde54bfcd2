// What came of all modules of a target: how many got how far, and which missing
// symbols stop the most.

import { conclusive, type Life, type Outcome, type Reached } from './life.ts';

export interface TargetBoard {
  readonly target: string;
  /** "linux-image-6.1.0-50-armmp 6.1.176-1" */
  readonly origin: string;
  readonly modules: number;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  /** How many came at least so far. */
  readonly byReached: Readonly<Record<Exclude<Reached, 'nothing'>, number>>;
  readonly conclusive: number;
  /** Most modules first. */
  readonly missing: readonly Stopper[];
  readonly lives: readonly Life[];
}

export interface Stopper {
  readonly symbol: string;
  readonly modules: number;
  readonly example: string;
}

export function tally(target: string, origin: string, lives: readonly Life[]): TargetBoard {
  const with_ = (outcome: Outcome): number =>
    lives.filter((life) => life.outcome === outcome).length;
  const order: readonly Reached[] = ['nothing', 'loaded', 'initialised', 'exited'];
  const reaching = (reached: Reached): number =>
    lives.filter((life) => order.indexOf(life.reached) >= order.indexOf(reached)).length;
  return {
    target,
    origin,
    modules: lives.length,
    byOutcome: {
      passed: with_('passed'),
      library: with_('library'),
      permanent: with_('permanent'),
      declined: with_('declined'),
      left: with_('left'),
      inconclusive: with_('inconclusive'),
      faulted: with_('faulted'),
      refused: with_('refused'),
    },
    byReached: {
      loaded: reaching('loaded'),
      initialised: reaching('initialised'),
      exited: reaching('exited'),
    },
    conclusive: lives.filter(({ outcome }) => conclusive.has(outcome)).length,
    missing: stoppersOf(lives),
    lives,
  };
}

/** The missing symbols that stop modules of any target, most modules first. */
export function stoppersOf(lives: readonly Life[]): readonly Stopper[] {
  const stoppers = new Map<string, { symbol: string; modules: number; example: string }>();
  for (const { missing, module } of lives) {
    if (missing === undefined) continue;
    const known = stoppers.get(missing);
    if (known === undefined)
      stoppers.set(missing, { symbol: missing, modules: 1, example: module });
    else known.modules++;
  }
  return [...stoppers.values()].sort(
    (a, b) => b.modules - a.modules || (a.symbol < b.symbol ? -1 : 1),
  );
}
