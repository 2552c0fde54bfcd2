// The arithmetic of DWARF's expressions: on addresses, which know no sign, and since
// version 5 on values with a base type.  DWARF 5, sections 2.5.1.4 and 2.5.1.6.

import { viewOf } from '../base/bytes.ts';
import type { BaseType } from './model.ts';

/** Something on the stack: its bits, not negative; without a type it is an address. */
export interface Item {
  readonly bits: bigint;
  readonly type: BaseType | undefined;
}

export const DW_OP_abs = 0x19;
export const DW_OP_and = 0x1a;
export const DW_OP_div = 0x1b;
export const DW_OP_minus = 0x1c;
export const DW_OP_mod = 0x1d;
export const DW_OP_mul = 0x1e;
export const DW_OP_neg = 0x1f;
export const DW_OP_not = 0x20;
export const DW_OP_or = 0x21;
export const DW_OP_plus = 0x22;
export const DW_OP_shl = 0x24;
export const DW_OP_shr = 0x25;
export const DW_OP_shra = 0x26;
export const DW_OP_xor = 0x27;
export const DW_OP_eq = 0x29;
export const DW_OP_ge = 0x2a;
export const DW_OP_gt = 0x2b;
export const DW_OP_le = 0x2c;
export const DW_OP_lt = 0x2d;
export const DW_OP_ne = 0x2e;

function widthOf(type: BaseType | undefined, addressBytes: number): number {
  return (type?.bytes ?? addressBytes) * 8;
}

function isFloat(type: BaseType | undefined): boolean {
  return type?.encoding === 'float' && (type.bytes === 4 || type.bytes === 8);
}

function isUnsigned({ encoding }: BaseType): boolean {
  return encoding !== 'signed' && encoding !== 'signed char';
}

export function floatOf(bits: bigint, bytes: number): number {
  const view = viewOf(new Uint8Array(8));
  view.setBigUint64(0, BigInt.asUintN(64, bits), true);
  return bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

export function bitsOfFloat(value: number, bytes: number): bigint {
  const view = viewOf(new Uint8Array(8));
  if (bytes === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return view.getBigUint64(0, true);
}

/** As a number with the sign that its type has; of an address with its top bit's. */
export function signedOf({ bits, type }: Item, addressBytes: number): bigint {
  if (type !== undefined && isUnsigned(type)) return bits;
  return BigInt.asIntN(widthOf(type, addressBytes), bits);
}

/** DW_OP_convert: the same number in another type; undefined: an address. */
export function convert(item: Item, type: BaseType | undefined, addressBytes: number): Item {
  const width = widthOf(type, addressBytes);
  if (isFloat(item.type)) {
    const value = floatOf(item.bits, item.type?.bytes ?? 8);
    if (isFloat(type)) return { bits: bitsOfFloat(value, type?.bytes ?? 8), type };
    const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
    return { bits: BigInt.asUintN(width, whole), type };
  }
  const value = item.type === undefined ? item.bits : signedOf(item, addressBytes);
  if (isFloat(type)) return { bits: bitsOfFloat(Number(value), type?.bytes ?? 8), type };
  return { bits: BigInt.asUintN(width, value), type };
}

/** One operand; undefined: not such an operation. */
export function unary(operation: number, item: Item, addressBytes: number): Item | undefined {
  const { type } = item;
  const width = widthOf(type, addressBytes);
  if (isFloat(type)) {
    const bytes = type?.bytes ?? 8;
    const value = floatOf(item.bits, bytes);
    if (operation === DW_OP_abs) return { bits: bitsOfFloat(Math.abs(value), bytes), type };
    return operation === DW_OP_neg ? { bits: bitsOfFloat(-value, bytes), type } : undefined;
  }
  const value = signedOf(item, addressBytes);
  switch (operation) {
    case DW_OP_abs:
      return { bits: BigInt.asUintN(width, value < 0n ? -value : value), type };
    case DW_OP_neg:
      return { bits: BigInt.asUintN(width, -value), type };
    case DW_OP_not:
      return { bits: BigInt.asUintN(width, ~value), type };
    default:
      return undefined;
  }
}

/** Two operands; undefined: not such an operation, or a division by zero. */
export function binary(
  operation: number,
  left: Item,
  right: Item,
  addressBytes: number,
): Item | undefined {
  const { type } = left;
  if (isFloat(type)) return floatBinary(operation, left, right);
  const width = widthOf(type, addressBytes);
  const [a, b] = [signedOf(left, addressBytes), signedOf(right, addressBytes)];
  const result = (value: bigint): Item => ({ bits: BigInt.asUintN(width, value), type });
  const truth = (value: boolean): Item => ({ bits: value ? 1n : 0n, type: undefined });
  const shift = right.bits > 128n ? 128n : right.bits;
  switch (operation) {
    case DW_OP_and:
      return result(a & b);
    case DW_OP_or:
      return result(a | b);
    case DW_OP_xor:
      return result(a ^ b);
    case DW_OP_plus:
      return result(a + b);
    case DW_OP_minus:
      return result(a - b);
    case DW_OP_mul:
      return result(a * b);
    case DW_OP_div:
      return b === 0n ? undefined : result(a / b);
    case DW_OP_mod:
      // Of addresses it is the unsigned remainder.
      if (right.bits === 0n) return undefined;
      return result(type === undefined ? left.bits % right.bits : a % b);
    case DW_OP_shl:
      return result(left.bits << shift);
    case DW_OP_shr:
      return result(left.bits >> shift);
    case DW_OP_shra:
      return result(BigInt.asIntN(width, left.bits) >> shift);
    case DW_OP_eq:
      return truth(a === b);
    case DW_OP_ne:
      return truth(a !== b);
    case DW_OP_ge:
      return truth(a >= b);
    case DW_OP_gt:
      return truth(a > b);
    case DW_OP_le:
      return truth(a <= b);
    case DW_OP_lt:
      return truth(a < b);
    default:
      return undefined;
  }
}

function floatBinary(operation: number, left: Item, right: Item): Item | undefined {
  const { type } = left;
  const bytes = type?.bytes ?? 8;
  const [a, b] = [floatOf(left.bits, bytes), floatOf(right.bits, right.type?.bytes ?? bytes)];
  const result = (value: number): Item => ({ bits: bitsOfFloat(value, bytes), type });
  const truth = (value: boolean): Item => ({ bits: value ? 1n : 0n, type: undefined });
  switch (operation) {
    case DW_OP_plus:
      return result(a + b);
    case DW_OP_minus:
      return result(a - b);
    case DW_OP_mul:
      return result(a * b);
    case DW_OP_div:
      return result(a / b);
    case DW_OP_eq:
      return truth(a === b);
    case DW_OP_ne:
      return truth(a !== b);
    case DW_OP_ge:
      return truth(a >= b);
    case DW_OP_gt:
      return truth(a > b);
    case DW_OP_le:
      return truth(a <= b);
    case DW_OP_lt:
      return truth(a < b);
    default:
      return undefined;
  }
}
