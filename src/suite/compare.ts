// Holds what happened against what was expected; each answers what differs, in words.

import type { LeakRecord, Leaks } from '../kernel/findings.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Oops } from '../kernel/oops.ts';
import { type ResultType, resultOf } from '../kernel/result-type.ts';
import { describeFailure, type LoadFailure } from '../kernel/results.ts';
import { formatWhere } from '../kernel/symbols.ts';
import { errnoOf } from './errno.ts';
import { formatDifference, formatValue } from './format.ts';
import type {
  ErrorExpectation,
  FailureExpectation,
  FaultExpectation,
  LeakExpectation,
  LinePattern,
  MemoryExpectation,
  ValueExpectation,
} from './model.ts';
import type { Finding } from './results.ts';
import type { Scope } from './scope.ts';

export type Difference = Omit<Finding, 'line' | 'about'>;

/** A result of the machine: both words, and the type it was asked for with. */
export interface Returned {
  readonly value: bigint;
  readonly wide: bigint;
  readonly type: ResultType | undefined;
}

export function compareValue(
  found: Returned,
  expected: ValueExpectation,
  scope: Scope,
  what = 'returned something else',
): Difference | undefined {
  const wanted = operandOf(expected, scope);
  const signed = found.type === undefined && isInt(expected, wanted);
  const value = signed ? resultOf('s32', found.wide) : found.value;
  // Names hold results of any type; a word is compared with as much of them.
  const isWord = found.type === undefined && !signed;
  const operand = isWord ? BigInt.asUintN(scope.wordBits, wanted) : wanted;
  if (holds(value, expected, operand)) return undefined;
  const number = expected.operand.kind === 'integer' && expected.comparison === '==';
  const text = number ? formatValue(wanted) : `${expected.text}${meaning(expected, wanted)}`;
  return { what, wanted: text, found: formatValue(value) };
}

/** A C int, though nobody says so: it is compared with what only a signed type can be. */
function isInt({ comparison, operand }: ValueExpectation, wanted: bigint): boolean {
  return operand.kind === 'errno' || wanted < 0n || !['==', '!='].includes(comparison);
}

function meaning({ operand }: ValueExpectation, wanted: bigint): string {
  return operand.kind === 'integer' ? '' : `, which is ${formatValue(wanted)}`;
}

function operandOf({ operand }: ValueExpectation, scope: Scope): bigint {
  if (operand.kind === 'integer') return operand.value;
  if (operand.kind !== 'errno') return scope.valueOf(operand);
  const number = BigInt(errnoNumber(operand.name, scope.flavour) ?? 0);
  return operand.negative ? -number : number;
}

/** Of the flavour, or if it has no such error, of the other. */
function errnoNumber(name: string, flavour: string): number | undefined {
  return errnoOf(name, flavour) ?? errnoOf(name, 'linux') ?? errnoOf(name, 'netbsd');
}

function holds(value: bigint, { comparison }: ValueExpectation, operand: bigint): boolean {
  switch (comparison) {
    case '==':
      return value === operand;
    case '!=':
      return value !== operand;
    case '<':
      return value < operand;
    case '<=':
      return value <= operand;
    case '>':
      return value > operand;
    case '>=':
      return value >= operand;
  }
}

export function compareMemory(
  kernel: Kernel,
  { text, place, wanted }: MemoryExpectation,
  scope: Scope,
): Difference | undefined {
  const at = scope.addressOf(place);
  const length = wanted.kind === 'bytes' ? wanted.bytes.length : Number(wanted.type.slice(1)) / 8;
  const found = kernel.read(at, length);
  if (found === undefined)
    return { what: `nothing is mapped at ${text}`, found: `0x${at.toString(16)}` };
  if (wanted.kind === 'value') {
    const wide = found.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const { type, value } = wanted;
    const returned = { value: resultOf(type, wide), wide, type };
    return compareValue(returned, value, scope, `${text} is something else`);
  }
  if (Buffer.compare(found, wanted.bytes) === 0) return undefined;
  const difference = formatDifference(wanted.bytes, found);
  const what = `${text} differs at byte ${difference.at}`;
  return { what, wanted: difference.wanted, found: difference.found };
}

export function compareFault(
  oops: Oops,
  expected: FaultExpectation,
  text: string,
): Difference | undefined {
  const { kind, symbol, module, access, address } = expected;
  const same =
    oops.kind === kind &&
    (symbol === undefined || oops.where.symbol === symbol) &&
    (module === undefined || oops.module === module) &&
    (access === undefined || oops.access === access) &&
    (address === undefined || oops.address === address);
  return same ? undefined : { what: 'faulted otherwise', wanted: faultText(expected), found: text };
}

/** "page-fault: read of 0x8 in weigh [nullderef]" */
export function faultText(expected: FaultExpectation): string {
  const { kind, symbol, module, access, address } = expected;
  const accessed = access === undefined && address === undefined ? '' : `: ${access ?? 'access'}`;
  return (
    kind +
    accessed +
    (address === undefined ? '' : ` of 0x${address.toString(16)}`) +
    (symbol === undefined ? '' : ` in ${symbol}`) +
    (module === undefined ? '' : ` [${module}]`)
  );
}

export function compareFailure(
  failure: LoadFailure,
  { stage, error, text }: FailureExpectation,
  flavour: string,
): readonly Difference[] {
  const differences: Difference[] = [];
  const words = describeFailure(failure);
  if (stage !== undefined && failure.stage !== stage)
    differences.push({
      what: 'failed at another stage',
      wanted: stage,
      found: `${failure.stage}: ${words}`,
    });
  if (error !== undefined && errorNumber(error, flavour) !== failure.error)
    differences.push({
      what: 'failed with another error',
      wanted: errorText(error),
      found: `error ${failure.error}: ${words}`,
    });
  if (text !== undefined && !text.test(words))
    differences.push({ what: 'failed for another reason', wanted: `${text}`, found: words });
  return differences;
}

function errorNumber(error: ErrorExpectation, flavour: string): number | undefined {
  return 'number' in error ? error.number : errnoNumber(error.name, flavour);
}

/** "EINVAL", "error 22". */
function errorText(error: ErrorExpectation): string {
  return 'number' in error ? `error ${error.number}` : error.name;
}

/** "a failure at stage init with EINVAL" */
export function failureText({ stage, error, text }: FailureExpectation): string {
  return (
    'a failure' +
    (stage === undefined ? '' : ` at stage ${stage}`) +
    (error === undefined ? '' : ` with ${errorText(error)}`) +
    (text === undefined ? '' : ` that says ${text}`)
  );
}

export function compareLeaks(leaks: Leaks, expected: LeakExpectation): Difference | undefined {
  const { blocks, bytes, registered } = expected;
  const left = leaks.records.filter(({ kind }) => kind !== 'block').length;
  const sameBytes = bytes === undefined || leaks.bytes === bytes;
  if (leaks.blocks === blocks && sameBytes && left === registered) return undefined;
  const things = (count: number): string => (count === 0 ? '' : `, ${count} registered`);
  return {
    what: 'leaked',
    wanted: `${blocks} blocks${bytes === undefined ? '' : `, ${bytes} bytes`}${things(registered)}`,
    found: [
      `${leaks.blocks} blocks, ${leaks.bytes} bytes${things(left)}`,
      ...leaks.records.map(recordText),
    ].join('\n'),
  };
}

/** "100 bytes, allocated by f+0x14/0x40 [m]" */
function recordText({ kind, name, bytes, by }: LeakRecord): string {
  const what = kind === 'block' ? `${bytes} bytes, allocated` : `${kind} ${name}, registered`;
  return by === undefined ? what : `${what} by ${formatWhere(by)}`;
}

/** @param what is said when they differ */
export function compareLines(
  lines: readonly string[],
  expected: readonly LinePattern[],
  what: string,
): Difference | undefined {
  const reached = furthest(lines, expected);
  if (reached === undefined) return undefined;
  const { pattern, line } = reached;
  const wanted = expected[pattern];
  return {
    what,
    wanted: wanted === undefined ? 'no more' : patternText(wanted),
    found: line < lines.length ? JSON.stringify(lines[line]) : 'no more',
  };
}

export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function patternText(pattern: LinePattern): string {
  switch (pattern.kind) {
    case 'exact':
      return JSON.stringify(pattern.text);
    case 'regexp':
      return `${pattern.regexp}`;
    case 'any':
      return '...';
  }
}

/** Where the patterns and the lines part; undefined: they do not. */
function furthest(
  lines: readonly string[],
  patterns: readonly LinePattern[],
): { readonly pattern: number; readonly line: number } | undefined {
  // Indices into lines that the patterns so far may have come to.
  let open: ReadonlySet<number> = new Set([0]);
  let last = 0;
  for (const [i, pattern] of patterns.entries()) {
    const next = new Set<number>();
    for (const at of open) {
      if (pattern.kind === 'any') for (let to = at; to <= lines.length; to++) next.add(to);
      else if (at < lines.length && matches(lines[at] ?? '', pattern)) next.add(at + 1);
    }
    if (next.size === 0) return { pattern: i, line: Math.min(...open) };
    open = next;
    last = Math.max(...open);
  }
  return open.has(lines.length) ? undefined : { pattern: patterns.length, line: last };
}

function matches(line: string, pattern: Exclude<LinePattern, { kind: 'any' }>): boolean {
  return pattern.kind === 'exact' ? line === pattern.text : pattern.regexp.test(line);
}
