// What --call takes: a call as C writes it, with literals for arguments and the
// type of the result behind it.
//
//   call     = name "(" [ argument { "," argument } ] ")" [ ":" type ]
//   argument = [ "-" ] integer [ "ULL" | "LL" ] | string | "[" bytes "]"
//   type     = u8 u16 u32 u64 s8 s16 s32 s64
//
// Integers are decimal, hexadecimal or octal; LL passes 64 bits where a word has
// 32.  Strings have C's escapes.  [16] is a buffer of 16 zero bytes, passed by
// pointer and shown as the function left it.

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

/** Reads one; the problem is a sentence that names the place. */
export function parseCall(source: string): Result<CallExpression, string> {
  const scanner = new Scanner(source);
  try {
    const symbol = scanner.take(/[A-Za-z_$.][\w$.]*/y, 'the name of a function');
    scanner.take(/\(/y, '"("');
    const args: Literal[] = [];
    if (!scanner.skip(/\)/y)) {
      do args.push(scanner.literal());
      while (scanner.skip(/,/y));
      scanner.take(/\)/y, '"," or ")"');
    }
    const text = source.slice(0, scanner.position).trim();
    const returns = scanner.skip(/:/y) ? typeAt(scanner) : undefined;
    scanner.end();
    return succeed({ text, symbol, args, returns });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return refuse([error.message]);
  }
}

function typeAt(scanner: Scanner): ResultType {
  const word = scanner.take(/\w+/y, 'a type');
  const type = resultTypes.find((each) => each === word);
  if (type === undefined) throw new SyntaxProblem(`no type ${word}: ${resultTypes.join(' ')}`);
  return type;
}

/** The argument that a word of this machine cannot hold, as a sentence. */
export function tooWide(call: CallExpression, wordBytes: 4 | 8): string | undefined {
  for (const literal of call.args) {
    if (literal.kind !== 'integer' || literal.wide) continue;
    const bits = BigInt(wordBytes * 8);
    const { value } = literal;
    if (value < 1n << bits && value >= -(1n << (bits - 1n))) continue;
    return `${value} does not fit a word of ${bits} bits; write ${value}LL to pass 64 bits`;
  }
  return undefined;
}
