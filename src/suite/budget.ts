// Virtual time as users write it: how long init, fini or a call may take.  A byte of
// machine code takes a nanosecond, so a budget is one of instructions
// (docs/decisions/0002-virtual-time.md).

import { type Result, refuse, succeed } from '../base/result.ts';

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
const SHORTEST_NS = 1e4;
const LONGEST_NS = 86_400e9;

/** Nanoseconds: of "20ms". */
export function budgetOf(text: string): Result<number, string> {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ns|us|ms|s)$/.exec(text) ?? [];
  if (digits === undefined)
    return refuse([`"${text}" is no time; wanted one such as "20ms", in ns, us, ms or s`]);
  return boundedBudget(Math.round(Number(digits) * (units[unit] ?? 1)));
}

export function boundedBudget(ns: number): Result<number, string> {
  if (ns >= SHORTEST_NS && ns <= LONGEST_NS) return succeed(ns);
  return refuse([`${ns} ns is out of range, wanted 10us to 86400s of virtual time`]);
}
