// One real module's life in the emulated kernel: loaded with what it requires,
// initialised, and taken out again.  What came of it is one word, and when
// something the kernel lacks was touched the word is 'inconclusive', whatever else
// happened.

import type { ObjectFile } from '../kernel/files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { describeOops } from '../kernel/oops.ts';
import { describeFailure, type LoadFailure } from '../kernel/results.ts';

/**
 * - `passed`: init and exit ran, and nothing was left behind.
 * - `library`: it has no init; it was linked and offers what it exports.
 * - `permanent`: init ran; it has no exit, so it stays.
 * - `declined`: init answered an error, as where its hardware is not there.
 * - `left`: as passed, but something was left behind or found to be wrong.
 * - `inconclusive`: it, or what it requires, used something that nobody has.
 * - `faulted`: it faulted, ran too long, or stopped the machine.
 * - `refused`: it was not loaded.
 */
export const outcomes = [
  'passed',
  'library',
  'permanent',
  'declined',
  'left',
  'inconclusive',
  'faulted',
  'refused',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Outcomes that say something of the module. */
export const conclusive: ReadonlySet<Outcome> = new Set([
  'passed',
  'library',
  'permanent',
  'declined',
  'left',
]);

/** How far it came before that: loaded, its init done, its exit done. */
export type Reached = 'nothing' | 'loaded' | 'initialised' | 'exited';

export interface Life {
  readonly module: string;
  readonly outcome: Outcome;
  readonly reached: Reached;
  /** Of an inconclusive one: what it used first that nobody has. */
  readonly missing: string | undefined;
  /** Why, in a sentence; empty when there is nothing to say. */
  readonly detail: string;
}

/** What there is to say at an end. */
interface End {
  readonly reached: Reached;
  readonly outcome: Outcome;
  readonly missing?: string | undefined;
  readonly detail: string;
}

/** @param kernel freshly booted or restored, with missing symbols trapped */
export function live(kernel: Kernel, module: string, file: ObjectFile): Life {
  const end = lifeOf(kernel, file);
  return { module, missing: undefined, ...withFindings(kernel, end) };
}

function lifeOf(kernel: Kernel, file: ObjectFile): End {
  const loaded = kernel.load(file);
  if (!loaded.ok)
    return failed(loaded.failure, loaded.failure.stage === 'init' ? 'loaded' : 'nothing');
  if (loaded.module.isPermanent)
    return { reached: 'initialised', outcome: 'permanent', detail: '' };
  const { description } = loaded.module.view;
  const result = loaded.module.unload();
  if (!result.ok) return failed(result.failure, 'initialised');
  const [left] = result.leaks.records;
  if (left !== undefined)
    return { reached: 'exited', outcome: 'left', detail: `${left.kind} ${left.name}`.trim() };
  const hasInit = description.flavour === 'linux' && description.init !== undefined;
  return { reached: 'exited', outcome: hasInit ? 'passed' : 'library', detail: '' };
}

function failed(failure: LoadFailure, reached: Reached): End {
  const { oops, death, stage, error } = failure;
  const detail = oops === undefined ? describeFailure(failure) : describeOops(oops);
  if (oops?.missing !== undefined)
    return { reached, outcome: 'inconclusive', missing: oops.missing.symbol, detail };
  if (oops !== undefined || death !== undefined) return { reached, outcome: 'faulted', detail };
  // Where a requirement declines, so does who requires it.
  const declines = (stage === 'init' || stage === 'require') && error !== 0;
  return { reached, outcome: declines ? 'declined' : 'refused', detail };
}

/** What was noticed meanwhile may make it less than it seems. */
function withFindings(kernel: Kernel, end: End): End {
  if (kernel.death !== undefined || end.outcome === 'inconclusive') return end;
  const findings = kernel.takeFindings();
  const missing = findings.find(({ kind }) => kind === 'missing-symbol');
  const [first] = findings;
  if (missing !== undefined) {
    // "missing symbol: call of f(0x1, ...) at ..."
    const symbol = /: (?:call of|read of|write to) ([^(]+?)(?: at |\()/.exec(missing.text)?.[1];
    return { ...end, outcome: 'inconclusive', missing: symbol ?? '?', detail: missing.text };
  }
  if (first === undefined || !conclusive.has(end.outcome)) return end;
  return { ...end, outcome: 'left', detail: `${first.kind}: ${first.text}` };
}
