// What --call and expectations take: a call as C writes it, with literals for
// arguments and the type of the result behind it.
//
//   call     = name "(" [ argument { "," argument } ] ")" [ ":" type ]
//   argument = [ "-" ] integer [ "ULL" | "LL" ] | pointed
//   pointed  = string | "[" bytes "]" | x"hex" | b64"base64"
//   type     = u8 u16 u32 u64 s8 s16 s32 s64
//
// Integers are decimal, hexadecimal or octal; LL passes 64 bits where a word has
// 32.  Strings have C's escapes.  [16] is a buffer of 16 zero bytes, passed by
// pointer and shown as the function left it.
//
// Where there are several calls, in expectations, they can hand things on:
//
//   argument = ... | name "=" pointed | place
//   place    = ( name | "&" symbol ) [ ( "+" | "-" ) integer ]
//
// `out=[16]` stays in memory and is called `out` from then on; a place is an address
// or an earlier result.

import { type Result, refuse, succeed } from '../base/result.ts';
import { type ResultType, resultTypes } from '../kernel/result-type.ts';
import { type Literal, Scanner, SyntaxProblem } from './literals.ts';

export interface CallExpression {
  /** As it was typed, without the result type. */
  readonly text: string;
  readonly symbol: string;
  readonly args: readonly Literal[];
  readonly returns: ResultType | undefined;
}

/** Something that has an address or a value by the time it is asked for. */
export interface Place {
  readonly kind: 'name' | 'symbol';
  readonly name: string;
  readonly offset: bigint;
}

/** An argument of a call that may use what came before. */
export type Handed =
  | Literal
  | Place
  /** `memory` stays, by this name. */
  | { readonly kind: 'define'; readonly name: string; readonly memory: Literal };

export interface StepCall extends Omit<CallExpression, 'args'> {
  readonly args: readonly Handed[];
}

/** Reads a call that stands alone; the problem is a sentence that names the place. */
export function parseCall(source: string): Result<CallExpression, string> {
  return parsed(source, (scanner) => callAt(scanner, source, () => scanner.literal()));
}

/** Reads a call among others. */
export function parseStepCall(source: string): Result<StepCall, string> {
  return parsed(source, (scanner) => callAt(scanner, source, () => handedAt(scanner)));
}

/** A text as a whole, by one of the functions below. */
export function parsed<T>(source: string, read: (scanner: Scanner) => T): Result<T, string> {
  try {
    return succeed(read(new Scanner(source)));
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return refuse([error.message]);
  }
}

function callAt<T>(scanner: Scanner, source: string, argument: () => T) {
  const symbol = scanner.take(NAME, 'the name of a function');
  scanner.take(/\(/y, '"("');
  const args: T[] = [];
  if (!scanner.skip(/\)/y)) {
    do args.push(argument());
    while (scanner.skip(/,/y));
    scanner.take(/\)/y, '"," or ")"');
  }
  const text = source.slice(0, scanner.position).trim();
  const returns = scanner.skip(/:/y) ? typeAt(scanner) : undefined;
  scanner.end();
  return { text, symbol, args, returns };
}

const NAME = /[A-Za-z_$.][\w$.]*/y;

function handedAt(scanner: Scanner): Handed {
  const pointed = scanner.pointed();
  if (pointed !== undefined) return pointed;
  const place = placeAt(scanner);
  if (place === undefined) return scanner.literal();
  if (place.kind === 'symbol' || place.offset !== 0n || !scanner.skip(/=/y)) return place;
  const memory = scanner.pointed();
  if (memory === undefined) throw new SyntaxProblem(`${place.name}= wants a buffer, as [16]`);
  return { kind: 'define', name: place.name, memory };
}

/** undefined: something else stands here. */
export function placeAt(scanner: Scanner): Place | undefined {
  const isSymbol = scanner.skip(/&/y) !== undefined;
  const name = isSymbol ? scanner.take(NAME, 'the name of a symbol') : scanner.skip(NAME);
  if (name === undefined) return undefined;
  const sign = scanner.skip(/[+-]/y);
  const size = sign === undefined ? 0n : integerAt(scanner);
  return { kind: isSymbol ? 'symbol' : 'name', name, offset: sign === '-' ? -size : size };
}

/** An integer, or a problem. */
export function integerAt(scanner: Scanner): bigint {
  const literal = scanner.literal();
  if (literal.kind !== 'integer') throw new SyntaxProblem('wanted an integer');
  return literal.value;
}

export function typeAt(scanner: Scanner): ResultType {
  const word = scanner.take(/\w+/y, 'a type');
  const type = resultTypes.find((each) => each === word);
  if (type === undefined) throw new SyntaxProblem(`no type ${word}: ${resultTypes.join(' ')}`);
  return type;
}

/** The argument that a word of this machine cannot hold, as a sentence. */
export function tooWide(call: StepCall, wordBytes: 4 | 8): string | undefined {
  for (const literal of call.args) {
    if (literal.kind !== 'integer' || literal.wide) continue;
    const bits = BigInt(wordBytes * 8);
    const { value } = literal;
    if (value < 1n << bits && value >= -(1n << (bits - 1n))) continue;
    return `${value} does not fit a word of ${bits} bits; write ${value}LL to pass 64 bits`;
  }
  return undefined;
}
