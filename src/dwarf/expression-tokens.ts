// Splits a C expression into its words: names, registers, numbers, characters,
// strings and operators.

import { escapes } from './escapes.ts';
import { BadExpression } from './expression-problems.ts';

export type Token =
  | { readonly kind: 'name' | 'register' | 'operator'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'integer';
      readonly value: bigint;
      /** u, l, ll and ul as C has them, in small letters; '' is none. */
      readonly suffix: string;
      /** Hexadecimal and octal constants may be unsigned without saying so. */
      readonly decimal: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'float';
      readonly value: number;
      readonly single: boolean;
      readonly at: number;
    }
  | { readonly kind: 'character'; readonly code: number; readonly at: number }
  | { readonly kind: 'string'; readonly bytes: Uint8Array; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** Nobody types more; a front end may be sent more. */
export const EXPRESSION_LIMIT = 4096;

const operators = [
  ...['<<=', '>>=', '...'],
  ...['->', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%='],
  ...['&=', '|=', '^=', '++', '--', '::'],
  ...[...'+-*/%&|^~!<>=?:.,()[]{}@'],
];

/** @throws BadExpression */
export function tokens(text: string): readonly Token[] {
  if (text.length > EXPRESSION_LIMIT)
    throw new BadExpression({ kind: 'too-long', at: 0, limit: EXPRESSION_LIMIT });
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const space = /^\s+/.exec(text.slice(at));
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const [token, length] = tokenAt(text, at);
    found.push(token);
    at += length;
  }
  return [...found, { kind: 'end', at: text.length }];
}

function tokenAt(text: string, at: number): readonly [Token, number] {
  const rest = text.slice(at);
  const name = /^\$?[A-Za-z_$][\w$]*/.exec(rest);
  if (name !== null) {
    const [word] = name;
    return word.startsWith('$')
      ? [{ kind: 'register', text: word.slice(1), at }, word.length]
      : [{ kind: 'name', text: word, at }, word.length];
  }
  if (/^\.?\d/.test(rest)) return numberAt(rest, at);
  if (rest.startsWith("'") || rest.startsWith('"')) return quotedAt(rest, at);
  const operator = operators.find((each) => rest.startsWith(each));
  if (operator === undefined)
    throw new BadExpression({ kind: 'strange-character', at, found: rest.charAt(0) });
  return [{ kind: 'operator', text: operator, at }, operator.length];
}

function numberAt(rest: string, at: number): readonly [Token, number] {
  const float = /^(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?([fFlL]?)/.exec(rest);
  if (float !== null && !/^0[xX]/.test(rest)) {
    const [whole, , , suffix = ''] = float;
    const value = Number(whole.replace(/[fFlL]$/, ''));
    return [{ kind: 'float', value, single: /f/i.test(suffix), at }, whole.length];
  }
  const integer = /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([a-zA-Z_]*)/.exec(rest);
  const [whole = '', digits = '', suffix = ''] = integer ?? [];
  const octal = /^0[0-7]+$/.test(digits);
  const bad = !/^(|u|l|ul|lu|ll|ull|llu)$/i.test(suffix) || (/^0\d/.test(digits) && !octal);
  if (integer === null || bad) throw new BadExpression({ kind: 'bad-number', at, found: whole });
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const decimal = !/^0./.test(digits);
  return [{ kind: 'integer', value, suffix: suffix.toLowerCase(), decimal, at }, whole.length];
}

/** A character or a string; 'name' with more than one character is a quoted name, as gdb has it. */
function quotedAt(rest: string, at: number): readonly [Token, number] {
  const quote = rest.charAt(0);
  const codes: number[] = [];
  let i = 1;
  while (i < rest.length && rest.charAt(i) !== quote) {
    const [code, length] = characterAt(rest.slice(i), at + i);
    codes.push(...code);
    i += length;
  }
  if (i >= rest.length) throw new BadExpression({ kind: 'unterminated', at, quote });
  const length = i + 1;
  if (quote === '"') return [{ kind: 'string', bytes: Uint8Array.from([...codes, 0]), at }, length];
  const [code] = codes;
  if (code === undefined) throw new BadExpression({ kind: 'bad-number', at, found: "''" });
  if (codes.length > 1) return [{ kind: 'name', text: rest.slice(1, i), at }, length];
  return [{ kind: 'character', code, at }, length];
}

function characterAt(rest: string, at: number): readonly [readonly number[], number] {
  if (!rest.startsWith('\\')) {
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    return [[...new TextEncoder().encode(character)], character.length];
  }
  const octal = /^\\([0-7]{1,3})/.exec(rest);
  if (octal !== null) return [[Number.parseInt(octal[1] ?? '', 8) & 0xff], octal[0].length];
  const hexadecimal = /^\\x([\da-fA-F]{1,2})/.exec(rest);
  if (hexadecimal !== null)
    return [[Number.parseInt(hexadecimal[1] ?? '', 16)], hexadecimal[0].length];
  const letter = rest.charAt(1);
  const known = escapes.find(([each]) => each === letter)?.[1];
  if (known !== undefined) return [[known], 2];
  if (/^[\\'"?]$/.test(letter)) return [[letter.charCodeAt(0)], 2];
  throw new BadExpression({ kind: 'strange-character', at, found: `\\${letter}` });
}
