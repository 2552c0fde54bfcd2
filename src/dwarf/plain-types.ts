// C's own types: of constants, and of names that no debug information has.

import { type BuiltIn, builtIn, type Operand } from './arithmetic.ts';
import { canonicalName } from './base-names.ts';
import type { Token } from './expression-tokens.ts';
import type { BaseType, Type } from './model.ts';

/** The first type that holds the constant.  C11, section 6.4.4.1. */
export function integerLiteral(
  { value, suffix, decimal }: Extract<Token, { kind: 'integer' }>,
  wordBytes: 4 | 8,
): Operand {
  const signed: readonly BuiltIn[] = ['int', 'long', 'long long'];
  const unsigned: readonly BuiltIn[] = ['unsigned int', 'unsigned long', 'unsigned long long'];
  const first = suffix.includes('ll') ? 2 : suffix.includes('l') ? 1 : 0;
  const candidates = [0, 1, 2].slice(first).flatMap((i) => {
    const [plain, other] = [signed[i] ?? 'long long', unsigned[i] ?? 'unsigned long long'];
    if (suffix.includes('u')) return [other];
    return decimal ? [plain] : [plain, other];
  });
  const type =
    candidates.map((name) => builtIn(name, wordBytes)).find((each) => holds(each, value)) ??
    builtIn('unsigned long long', wordBytes);
  return { kind: 'integer', value: BigInt.asUintN(64, value), type };
}

function holds({ bytes, encoding }: BaseType, value: bigint): boolean {
  return value < 1n << BigInt(bytes * 8 - (encoding === 'signed' ? 1 : 0));
}

const more: Readonly<Record<string, readonly [bytes: number, encoding: BaseType['encoding']]>> = {
  'signed char': [1, 'signed char'],
  'unsigned char': [1, 'unsigned char'],
  short: [2, 'signed'],
  'unsigned short': [2, 'unsigned'],
  _Bool: [1, 'boolean'],
  bool: [1, 'boolean'],
};
const builtIns: readonly BuiltIn[] = [
  ...(['char', 'int', 'unsigned int', 'long', 'unsigned long'] as const),
  ...(['long long', 'unsigned long long', 'float', 'double'] as const),
];

/** undefined: not a type of C's own. */
export function plainType(name: string, wordBytes: 4 | 8): Type | undefined {
  const canonical = canonicalName(name);
  if (canonical === 'void') return { kind: 'void' };
  const known = builtIns.find((each) => each === canonical);
  if (known !== undefined) return builtIn(known, wordBytes);
  const [bytes, encoding] = more[canonical] ?? [];
  if (bytes === undefined || encoding === undefined) return undefined;
  return { kind: 'base', name: canonical, bytes, encoding };
}
