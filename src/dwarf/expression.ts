// Evaluates C expressions over what is known of a program: variables, registers,
// functions, symbols, enumerators and types, which the caller looks up.  Nothing is
// changed here: an assignment answers what is to be written.  gdb's array[0]@4 and
// {type} address are understood.

import { type Result, refuse, succeed } from '../base/result.ts';
import { Evaluator } from './expression-evaluator.ts';
import { BadExpression, type ExpressionProblem } from './expression-problems.ts';
import { parse } from './expression-tree.ts';
import type { EnumType, FunctionType, Type } from './model.ts';
import type { ReadMemory, Value } from './value.ts';

/** What names mean where the expression is evaluated. */
export interface Scope {
  readonly wordBytes: 4 | 8;
  readonly memory: ReadMemory;
  variable(name: string): Value | undefined;
  /** Without its dollar sign; `pc`, `sp` and `fp` whatever they are called. */
  register(name: string): Value | undefined;
  function(name: string): { readonly address: bigint; readonly type: FunctionType } | undefined;
  /** The address of a symbol that no debug information tells of. */
  symbol(name: string): bigint | undefined;
  enumerator(name: string): { readonly value: bigint; readonly type: EnumType } | undefined;
  /** "struct foo", "unsigned int" or the name of a typedef. */
  type(name: string): Type | undefined;
}

/** Something to change, in order. */
export type Write =
  | { readonly kind: 'memory'; readonly address: bigint; readonly bytes: Uint8Array }
  /** By DWARF number, or by name as the expression had it. */
  | { readonly kind: 'register'; readonly register: number | string; readonly value: bigint };

export interface Evaluation {
  readonly value: Value;
  /** What the expression's assignments want; empty: it only asks. */
  readonly writes: readonly Write[];
}

export function evaluateExpression(
  text: string,
  scope: Scope,
): Result<Evaluation, ExpressionProblem> {
  try {
    const isType = (name: string): boolean =>
      scope.variable(name) === undefined && scope.type(name) !== undefined;
    const evaluator = new Evaluator(scope);
    const value = evaluator.value(parse(text, isType));
    return succeed({ value, writes: evaluator.writes });
  } catch (error) {
    if (error instanceof BadExpression) return refuse([error.problem]);
    throw error;
  }
}
