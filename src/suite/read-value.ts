// What a result, a place in memory or a fault is expected to be, as it is written in
// a file of expectations.

import { type Result, refuse, succeed } from '../base/result.ts';
import { type OopsKind, oopsKinds } from '../kernel/wire.ts';
import { boundedBudget, budgetOf } from './budget.ts';
import { parsed, placeAt, typeAt } from './call-expression.ts';
import { allErrnoNames } from './errno.ts';
import type { Fields } from './fields.ts';
import { type Scanner, SyntaxProblem } from './literals.ts';
import {
  type Comparison,
  comparisons,
  type ErrorExpectation,
  type FaultExpectation,
  type LinePattern,
  type MemoryExpectation,
  type ValueExpectation,
} from './model.ts';
import { nearWords } from './near.ts';

/** `returns = 5`, "!= 0", "-EINVAL", "first + 8". */
export function readReturns(fields: Fields, key: string): ValueExpectation | undefined {
  return fields.integerOr(key, 'a string such as "!= 0", "-EINVAL" or "first + 8"', {
    integer: (value) =>
      succeed({ text: `${value}`, comparison: '==', operand: { kind: 'integer', value } }),
    string: expectationOf,
  });
}

function expectationOf(text: string): Result<ValueExpectation, string> {
  return parsed(text, (scanner) => {
    const token = scanner.skip(/==|!=|<=|>=|<|>/y);
    const comparison: Comparison = comparisons.find((each) => each === token) ?? '==';
    const operand = operandAt(scanner);
    scanner.end('the end');
    return { text: text.trim(), comparison, operand };
  });
}

function operandAt(scanner: Scanner): ValueExpectation['operand'] {
  const errno = scanner.skip(/-?E[A-Z][A-Z0-9_]+\b/y);
  if (errno !== undefined) {
    const name = errno.replace('-', '');
    checkErrno(name);
    return { kind: 'errno', name, negative: errno.startsWith('-') };
  }
  const place = placeAt(scanner);
  if (place !== undefined) return place;
  const literal = scanner.literal();
  if (literal.kind !== 'integer')
    throw new SyntaxProblem('wanted a number, an error such as -EINVAL, or the name of a result');
  return { kind: 'integer', value: literal.value };
}

function checkErrno(name: string): void {
  if (allErrnoNames.includes(name)) return;
  const near = nearWords(name, allErrnoNames);
  const hint = near.length === 0 ? 'write its number' : `did you mean ${near.join(' or ')}?`;
  throw new SyntaxProblem(`no error ${name}; ${hint}`);
}

/** `error = 19`, -19, "ENODEV", "-ENODEV". */
export function readError(fields: Fields, key: string): ErrorExpectation | undefined {
  return fields.integerOr<ErrorExpectation>(key, 'the name of an error', {
    integer: (value) => succeed({ number: Math.abs(Number(value)) }),
    string: (text) =>
      parsed(text, (scanner) => {
        const name = scanner.take(/-?E[A-Z][A-Z0-9_]+\b/y, 'an error such as EINVAL');
        scanner.end('the end');
        checkErrno(name.replace('-', ''));
        return { name: name.replace('-', '') };
      }),
  });
}

/** What reaches a symbol that nobody has is inconclusive, whatever was expected. */
const kinds = oopsKinds.filter(
  (kind): kind is OopsKind => kind !== 'none' && kind !== 'missing-symbol',
);

/** `fault = "page-fault"`, or a table with what else must be as it says. */
export function readFault(fields: Fields, key: string): FaultExpectation | undefined {
  const anything = { symbol: undefined, module: undefined, access: undefined, address: undefined };
  if (!fields.isTable(key)) {
    const kind = fields.read(key, (text) => oneOf(text, kinds));
    return kind && { kind, ...anything };
  }
  const table = fields.table(key);
  if (table === undefined) return undefined;
  table.require('kind');
  const kind = table.read('kind', (text) => oneOf(text, kinds));
  const fault = {
    symbol: table.string('symbol'),
    module: table.string('module'),
    access: table.read('access', (text) => oneOf(text, ['read', 'write', 'exec'] as const)),
    address: table.integer('address'),
  };
  table.end();
  return kind && { kind, ...fault };
}

export function oneOf<T extends string>(text: string, among: readonly T[]): Result<T, string> {
  const found = among.find((each) => each === text);
  return found === undefined
    ? refuse([`"${text}" is none of ${among.join(', ')}`])
    : succeed(found);
}

/** Of each place its bytes, or with a type its value. */
export function readMemory(fields: Fields, key: string): readonly MemoryExpectation[] {
  const table = fields.table(key);
  if (table === undefined) return [];
  return table.keys().flatMap((text): readonly MemoryExpectation[] => {
    const read = parsed(text, (scanner) => {
      const place = placeAt(scanner);
      if (place === undefined) throw new SyntaxProblem('wanted the name of a buffer, or &symbol');
      const type = scanner.skip(/:/y) === undefined ? undefined : typeAt(scanner);
      scanner.end();
      return { place, type };
    });
    if (!read.ok) {
      table.refuse(text, read.problems.join('; '));
      return [];
    }
    const { place, type } = read.value;
    if (type === undefined) {
      const bytes = table.read(text, bytesOf);
      return bytes === undefined ? [] : [{ text, place, wanted: { kind: 'bytes', bytes } }];
    }
    const value = readReturns(table, text);
    return value === undefined ? [] : [{ text, place, wanted: { kind: 'value', type, value } }];
  });
}

/** x"00ff", b64"AP8=", or "text" without a NUL. */
function bytesOf(text: string): Result<Uint8Array, string> {
  return parsed(text, (scanner) => {
    const literal = scanner.pointed();
    if (literal === undefined || literal.kind === 'buffer' || literal.kind === 'integer')
      throw new SyntaxProblem(`wanted x"hex", b64"base64" or "text" in quotes, not ${text}`);
    scanner.end('the end');
    return literal.kind === 'bytes' ? literal.bytes : new TextEncoder().encode(literal.text);
  });
}

/** "..." is any number of lines, "/.../" a regular expression; others are as they stand. */
export function readLines(fields: Fields, key: string): readonly LinePattern[] | undefined {
  return fields.strings(key)?.flatMap((text): readonly LinePattern[] => {
    if (text === '...') return [{ kind: 'any' }];
    const source = /^\/(.+)\/$/s.exec(text)?.[1];
    if (source === undefined) return [{ kind: 'exact', text }];
    const regexp = regexpOf(source);
    if (regexp.ok) return [{ kind: 'regexp', regexp: regexp.value }];
    fields.refuse(key, regexp.problems.join());
    return [];
  });
}

export function regexpOf(source: string): Result<RegExp, string> {
  try {
    return succeed(new RegExp(source, 'u'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse([`"${source}" is no regular expression: ${error.message}`]);
  }
}

/** Virtual nanoseconds: `budget = "20ms"`. */
export function readBudget(fields: Fields, key: string): number | undefined {
  return fields.integerOr(key, 'a time such as "20ms"', {
    integer: (value) => boundedBudget(Number(value)),
    string: budgetOf,
  });
}
