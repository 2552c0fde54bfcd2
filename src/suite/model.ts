// What a suite is: expectations of one module, as they stand in a TOML file or as
// the default that a module without any gets.  Plain data, so that it can be sent to
// another thread.  docs/testing.md describes the file.

import type { ArchName } from '../arch/arch.ts';
import type { MissingSymbols } from '../kernel/missing.ts';
import type { ResultType } from '../kernel/result-type.ts';
import type { OopsKind, Stage } from '../kernel/wire.ts';
import type { Place, StepCall } from './call-expression.ts';

export interface Suite {
  /** Where the expectations stand: a .test.toml, or the module itself. */
  readonly file: string;
  /** The module's name. */
  readonly name: string;
  /** A path, with {arch} for the architecture's name. */
  readonly module: string;
  readonly requires: readonly string[];
  /** undefined: all with {arch} in `module`, else the module's own. */
  readonly archs: readonly ArchName[] | undefined;
  /** Virtual nanoseconds that init, fini or a call may take; undefined: the default. */
  readonly budgetNs: number | undefined;
  /** Of symbols that nobody has; undefined: the default. */
  readonly missing: MissingSymbols | undefined;
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  /** In the suite's file, from 1. */
  readonly line: number;
  /** Only there; elsewhere it is skipped. */
  readonly archs: readonly ArchName[] | undefined;
  /** Why it is not run. */
  readonly skip: string | undefined;
  readonly budgetNs: number | undefined;
  /** undefined: the steps begin with the module loaded, and it stays. */
  readonly life: Life | undefined;
  readonly steps: readonly Step[];
  readonly console: readonly LinePattern[] | undefined;
  /** What the kernel notices that stops nobody: "warning: ..." */
  readonly findings: readonly LinePattern[];
}

/** Load and init before the steps, fini and unload behind them. */
export interface Life {
  readonly failure: FailureExpectation | undefined;
  /** In init or fini. */
  readonly fault: FaultExpectation | undefined;
  readonly leaks: LeakExpectation;
}

/** How the load fails. */
export interface FailureExpectation {
  readonly stage: Stage | undefined;
  readonly error: ErrorExpectation | undefined;
  /** Matches what describeFailure() says. */
  readonly text: RegExp | undefined;
}

/** A number without its sign, or a name: which number it is depends on the flavour. */
export type ErrorExpectation = { readonly number: number } | { readonly name: string };

export interface LeakExpectation {
  readonly blocks: number;
  readonly bytes: number | undefined;
  /** Things that were registered and are still: drivers, devices. */
  readonly registered: number;
}

/** What is undefined may be anything. */
export interface FaultExpectation {
  readonly kind: OopsKind;
  readonly symbol: string | undefined;
  readonly module: string | undefined;
  readonly access: 'read' | 'write' | 'exec' | undefined;
  readonly address: bigint | undefined;
}

export interface Step {
  readonly line: number;
  readonly call: StepCall;
  /** The result's name from then on. */
  readonly let: string | undefined;
  readonly returns: ValueExpectation | undefined;
  readonly fault: FaultExpectation | undefined;
  /** Afterwards. */
  readonly memory: readonly MemoryExpectation[];
}

export const comparisons = ['==', '!=', '<=', '>=', '<', '>'] as const;
export type Comparison = (typeof comparisons)[number];

export interface ValueExpectation {
  /** As it was written. */
  readonly text: string;
  readonly comparison: Comparison;
  readonly operand:
    | { readonly kind: 'integer'; readonly value: bigint }
    | { readonly kind: 'errno'; readonly name: string; readonly negative: boolean }
    | Place;
}

export interface MemoryExpectation {
  /** As it was written. */
  readonly text: string;
  readonly place: Place;
  readonly wanted:
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    | { readonly kind: 'value'; readonly type: ResultType; readonly value: ValueExpectation };
}

/** One line of the console, or any number of them. */
export type LinePattern =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'regexp'; readonly regexp: RegExp }
  | { readonly kind: 'any' };

export const noLeaks: LeakExpectation = { blocks: 0, bytes: undefined, registered: 0 };

/** What a module without expectations must do. */
export const defaultCase: TestCase = {
  name: 'loads, inits, exits, leaks nothing',
  line: 0,
  archs: undefined,
  skip: undefined,
  budgetNs: undefined,
  life: { failure: undefined, fault: undefined, leaks: noLeaks },
  steps: [],
  console: undefined,
  findings: [],
};
