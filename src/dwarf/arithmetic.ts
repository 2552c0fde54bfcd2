// Arithmetic of C on values: promotions, the usual conversions, and results that wrap
// as the type's width says.  C11, sections 6.3.1 and 6.5.

import type { BaseType, Type } from './model.ts';
import { bitsOfFloat } from './operations.ts';
import { bytesOf } from './pieces.ts';
import { stripped } from './type-facts.ts';
import {
  floatingOf,
  integerOf,
  isSigned,
  type ReadMemory,
  resultValue,
  type Value,
} from './value.ts';

/** A number on its way through an expression. */
export type Operand =
  | { readonly kind: 'integer'; readonly value: bigint; readonly type: BaseType }
  | { readonly kind: 'float'; readonly value: number; readonly type: BaseType };

export type BuiltIn =
  | 'char'
  | 'int'
  | 'unsigned int'
  | 'long'
  | 'unsigned long'
  | 'long long'
  | 'unsigned long long'
  | 'float'
  | 'double';

/** A type of C that needs no debug information. */
export function builtIn(name: BuiltIn, wordBytes: 4 | 8): BaseType {
  const of = (bytes: number, encoding: BaseType['encoding']): BaseType => ({
    ...{ kind: 'base', name, bytes, encoding },
  });
  switch (name) {
    case 'char':
      return of(1, 'signed char');
    case 'int':
      return of(4, 'signed');
    case 'unsigned int':
      return of(4, 'unsigned');
    case 'long':
      return of(wordBytes, 'signed');
    case 'unsigned long':
      return of(wordBytes, 'unsigned');
    case 'long long':
      return of(8, 'signed');
    case 'unsigned long long':
      return of(8, 'unsigned');
    case 'float':
      return of(4, 'float');
    case 'double':
      return of(8, 'float');
  }
}

/** The number that a value is, promoted; undefined: it is none, or nobody knows it. */
export function operandOf(value: Value, wordBytes: 4 | 8): Operand | undefined {
  const floating = floatingOf(value);
  const inner = stripped(value.type);
  if (floating !== undefined && inner.kind === 'base')
    return { kind: 'float', value: floating, type: inner };
  const integer = integerOf(value);
  if (integer === undefined || inner.kind === 'pointer') return undefined;
  return { kind: 'integer', value: integer, type: promoted(inner, wordBytes) };
}

function promoted(type: Type, wordBytes: 4 | 8): BaseType {
  const inner = stripped(type);
  const bytes = inner.kind === 'base' || inner.kind === 'enum' ? inner.bytes : 4;
  if (bytes < 4) return builtIn('int', wordBytes);
  if (inner.kind === 'base' && inner.encoding !== 'boolean') return inner;
  const signed = isSigned(inner);
  if (bytes > 4) return builtIn(signed ? 'long long' : 'unsigned long long', wordBytes);
  return builtIn(signed ? 'int' : 'unsigned int', wordBytes);
}

/** Both as one type: the wider one, of equal ones the unsigned one. */
export function converted(left: Operand, right: Operand): readonly [left: Operand, right: Operand] {
  if (left.kind === 'float' || right.kind === 'float') {
    const type = commonFloat(left, right);
    return [
      { kind: 'float', value: Number(left.value), type },
      { kind: 'float', value: Number(right.value), type },
    ];
  }
  const [a, b] = [left.type, right.type];
  const type = a.bytes !== b.bytes ? (a.bytes > b.bytes ? a : b) : isSigned(a) ? b : a;
  return [
    { kind: 'integer', value: wrapped(left.value, type), type },
    { kind: 'integer', value: wrapped(right.value, type), type },
  ];
}

function commonFloat(left: Operand, right: Operand): BaseType {
  if (left.kind !== 'float') return right.type;
  if (right.kind !== 'float') return left.type;
  return right.type.bytes > left.type.bytes ? right.type : left.type;
}

/** What the type can hold of the number. */
export function wrapped(value: bigint, type: Type): bigint {
  const inner = stripped(type);
  const bytes = 'bytes' in inner ? inner.bytes : 8;
  return isSigned(inner) ? BigInt.asIntN(bytes * 8, value) : BigInt.asUintN(bytes * 8, value);
}

/** The operand as a value. */
export function numberValue(operand: Operand, memory: ReadMemory): Value {
  const { type } = operand;
  const bits =
    operand.kind === 'float' ? bitsOfFloat(operand.value, type.bytes) : BigInt(operand.value);
  return resultValue(type, bytesOf(bits, type.bytes), memory);
}

/** A comparison; undefined: another operator. */
export function compared(
  operator: string,
  left: bigint | number,
  right: bigint | number,
): boolean | undefined {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

export function floatResult(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return undefined;
  }
}

/** undefined: another operator.  The divisor is not zero. */
export function integerResult(operator: string, left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    default:
      return undefined;
  }
}

/** << and >>, whose type is the left operand's; too far a shift is all zeros or signs. */
export function shifted(operator: string, left: bigint, right: bigint): bigint | undefined {
  const count = right < 0n ? 0n : right > 128n ? 128n : right;
  if (operator === '<<') return left << count;
  return operator === '>>' ? left >> count : undefined;
}
