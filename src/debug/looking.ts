// What run control asks of the looking half of the debugger: places, lines and the
// frame that the CPU is in.  src/debug/view.ts answers.

import type { Addr } from '../base/address.ts';
import type { SourceLine } from '../dwarf/model.ts';
import type { Resolve } from './breakpoints.ts';
import type { Debugger, Evaluated, StackFrame } from './model.ts';

/** A function as stepping sees it. */
export interface FunctionExtent {
  readonly name: string;
  readonly entry: Addr;
  /** The first address at which parameters can be read; undefined: lines are not known. */
  readonly prologueEnd: Addr | undefined;
  readonly ranges: readonly { readonly low: Addr; readonly high: Addr }[];
}

export interface Looking {
  readonly resolve: Resolve;
  /** undefined: no line is known there. */
  lineAt(pc: Addr): SourceLine | undefined;
  functionAt(pc: Addr): FunctionExtent | undefined;
  evaluate(expression: string): Evaluated;
  /** Where the frame returns to, and its canonical frame address; number 0 is innermost. */
  callerOf(frame: number): { readonly returnsTo: Addr; readonly cfa: Addr } | undefined;
  /** What the function that is about to return, or has just returned, answers. */
  returned?(functionEntry: Addr): string | undefined;
  /** Modules have come or gone, or time was turned back. */
  changed(): void;
}

/** All that src/debug/view.ts answers. */
export interface Viewing
  extends Looking,
    Pick<
      Debugger,
      'threads' | 'frames' | 'objects' | 'sourceFiles' | 'locals' | 'statics' | 'regions'
    > {
  evaluate(expression: string, frame?: StackFrame): Evaluated;
}
