// What the kernel answers to programs.  Each failure says at which stage it
// happened and carries its reason; describeFailure() makes one paragraph of it.

import { errnoName } from './errno.ts';
import type { Leaks } from './findings.ts';
import type { Module } from './module.ts';
import { describeOops, type Oops } from './oops.ts';
import { describeProblem, type LoadProblem } from './problem.ts';
import type { Death } from './requests.ts';
import type { Stage } from './wire.ts';

export interface LoadFailure {
  /** Errno of guest/include/sys/errno.h; 0 when the machine died. */
  readonly error: number;
  /** How far it got. */
  readonly stage: Stage;
  /** The guest's words. */
  readonly reason: string;
  /** Everything the host found wrong with the objects. */
  readonly problems: readonly LoadProblem[];
  readonly oops: Oops | undefined;
  /** Memory that the module had not given back when it was taken out again. */
  readonly leaks: Leaks;
  /** Set when the machine cannot go on. */
  readonly death: Death | undefined;
  /** What the guest printed meanwhile. */
  readonly console: string;
}

export type LoadResult =
  /** `stackBytes`: the most that its init used of the stack, if checks measured it. */
  | { readonly ok: true; readonly module: Module; readonly stackBytes?: number | undefined }
  | { readonly ok: false; readonly failure: LoadFailure };

export type UnloadResult =
  /** `leaks` is what the module had not given back; `stackBytes` as above. */
  | { readonly ok: true; readonly leaks: Leaks; readonly stackBytes?: number | undefined }
  | { readonly ok: false; readonly failure: LoadFailure };

export type CallResult =
  /**
   * `value` is the first result word, or of the type that was asked for; `wide`
   * is both words as one 64-bit result.  `stackBytes` as above.
   */
  | {
      readonly kind: 'returned';
      readonly value: bigint;
      readonly wide: bigint;
      readonly stackBytes?: number | undefined;
    }
  | { readonly kind: 'fault'; readonly oops: Oops; readonly console: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'died'; readonly death: Death };

/** One paragraph: what failed, why, and what it was about. */
export function describeFailure(failure: LoadFailure): string {
  const lines = failure.problems.map((problem) => describeProblem(problem));
  const { oops, reason, death } = failure;
  const errno = failure.error === 0 ? '' : ` (${errnoName(failure.error)})`;
  // Only the guest's words say what was asserted.
  if (oops !== undefined)
    lines.push(oops.kind === 'panic' && reason !== '' ? reason : describeOops(oops));
  else if (reason !== '' && lines.length === 0) lines.push(`${reason}${errno}`);
  if (death !== undefined) lines.push(describeDeath(death));
  if (lines.length === 0) lines.push(`failed at stage ${failure.stage}${errno}`);
  return lines.join('\n');
}

export function describeDeath(death: Death): string {
  switch (death.kind) {
    case 'off':
      return `the machine was switched off with status ${death.status}`;
    case 'panic':
      return `the kernel panicked: ${death.message}`;
    case 'limit':
      return (
        `the machine gave no sign of life within its watchdog time and was stopped ` +
        `at 0x${death.pc.toString(16)}; code there may loop with interrupts disabled`
      );
    case 'dead':
      return `the CPU stopped at 0x${death.pc.toString(16)}: ${death.reason}`;
    case 'idle':
      return 'the machine fell asleep with a request unanswered';
  }
}

/** For programs that cannot go on without the module. */
export class LoadError extends Error {
  readonly failure: LoadFailure;

  constructor(failure: LoadFailure) {
    super(describeFailure(failure));
    this.name = 'LoadError';
    this.failure = failure;
  }
}

/** The module, or a LoadError thrown. */
export function unwrap(result: LoadResult): Module {
  if (!result.ok) throw new LoadError(result.failure);
  return result.module;
}
