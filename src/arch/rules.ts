// How a table of relocation rules is written: one row per relocation, made into
// a map by type.

import { type NarrowFormula, narrowRule } from './narrow.ts';
import type { Field, Operands, RelocationRule } from './relocation.ts';

export interface Formula {
  readonly text: string;
  readonly value: (operands: Operands) => bigint;
  /** value in numbers, where it pays. */
  readonly narrow?: NarrowFormula | undefined;
}

export type Row = readonly [
  type: number,
  name: string,
  formula: Formula,
  field: Field,
  more?: Pick<RelocationRule, 'branch' | 'absent' | 'got' | 'afterModRM' | 'dynamic'>,
];

/** The formula of a relocation that changes nothing. */
export const none: Formula = { text: 'none', value: () => 0n };

/** The rows that want something of the global offset table. */
export const gotBase = { got: 'base' } as const;
export const gotSlot = { got: 'slot' } as const;

/** The rows that only shared objects have. */
export const dynamicBase = { dynamic: 'base' } as const;
export const dynamicSymbol = { dynamic: 'symbol' } as const;
export const dynamicResolver = { dynamic: 'resolver' } as const;

export function table(prefix: string, rows: readonly Row[]): ReadonlyMap<number, RelocationRule> {
  return new Map(rows.map((row) => [row[0], ruleOf(prefix, row)]));
}

function ruleOf(prefix: string, [type, name, formula, field, more]: Row): RelocationRule {
  return {
    name: `${prefix}${name}`,
    type,
    formula: formula.text,
    value: formula.value,
    narrow: narrowRule(formula, field),
    field,
    // Every rule has the same properties: the linker's loop sees one shape.
    branch: more?.branch,
    absent: more?.absent,
    got: more?.got,
    dynamic: more?.dynamic,
    afterModRM: more?.afterModRM,
  };
}
