// DWARF expressions, operation by operation: the bytes are written out, and what they
// mean is what the standard says (DWARF 5, section 2.5 and appendix D.1).

import { describe, expect, test } from 'vitest';
import { evaluate, evaluateNumber } from './evaluate.ts';
import type { BaseType, ExpressionContext, Frame, Type, Variable } from './model.ts';
import { bytesOf } from './pieces.ts';
import { printNested } from './print.ts';
import { readVariable } from './value.ts';

const int: BaseType = { kind: 'base', name: 'int', bytes: 4, encoding: 'signed' };
const char: BaseType = { kind: 'base', name: 'char', bytes: 1, encoding: 'signed char' };
const double: BaseType = { kind: 'base', name: 'double', bytes: 8, encoding: 'float' };
const types = new Map([
  [1, int],
  [2, char],
  [3, double],
]);

const none = (): undefined => undefined;
const context: ExpressionContext = {
  ...{ addressBytes: 8, offsetBytes: 4, version: 5, bias: 0x100n },
  address: (index) => (index === 2 ? 0x2222n : undefined),
  baseType: (offset) => types.get(offset),
  location: none,
  call: none,
  frameBase: () => ({ bytes: Uint8Array.of(0x56), context }),
  callSite: (returnAddress, register) =>
    returnAddress === 0x77n && register === 5
      ? { bytes: Uint8Array.of(0x08, 42), context }
      : undefined,
};

/** Register n holds 0x10 * n; memory holds its own address in words of 8 bytes. */
const frame: Frame = {
  pc: 0x50n,
  register: (number) => (number < 20 ? BigInt(number) * 0x10n : undefined),
  memory: (address, bytes) => (address < 0x1_0000n ? bytesOf(address, bytes) : undefined),
  cfa: () => 0x4000n,
  caller: () => ({ ...frame, returnAddress: 0x77n }),
};

const numberOf = (...bytes: readonly number[]): bigint | undefined =>
  evaluateNumber({ bytes: Uint8Array.from(bytes), context }, frame);
const whyOf = (...bytes: readonly number[]): string => {
  const done = evaluate({ bytes: Uint8Array.from(bytes), context }, frame);
  return done.ok ? 'it has a value' : done.why;
};

describe('an expression', () => {
  test.for([
    ['lit31', [0x4f], 31n],
    ['const1s -1', [0x09, 0xff], 0xffff_ffff_ffff_ffffn],
    ['const2u', [0x0a, 0x34, 0x12], 0x1234n],
    ['const4s -2, plus lit3', [0x0d, 0xfe, 0xff, 0xff, 0xff, 0x33, 0x22], 1n],
    ['constu 624485', [0x10, 0xe5, 0x8e, 0x26], 624_485n],
    ['consts -123456, neg', [0x11, 0xc0, 0xbb, 0x78, 0x1f], 123_456n],
    ['addr, moved with the object', [0x03, 0x10, 0, 0, 0, 0, 0, 0, 0], 0x110n],
    ['addrx 2', [0xa1, 2], 0x2222n],
    ['constx 2, which does not move', [0xa2, 2], 0x2122n],
    ['breg3 -8', [0x73, 0x78], 0x28n],
    ['bregx 17, 1', [0x92, 17, 1], 0x111n],
    ['fbreg -16', [0x91, 0x70], 0x50n],
    ['call_frame_cfa', [0x9c], 0x4000n],
    ['breg2 0, deref', [0x72, 0, 0x06], 0x20n],
    ['const2u, deref_size 1', [0x0a, 0x34, 0x12, 0x94, 1], 0x34n],
    ['dup, plus', [0x35, 0x12, 0x22], 10n],
    ['over', [0x31, 0x32, 0x14, 0x1c], 1n],
    ['pick 2', [0x31, 0x32, 0x33, 0x15, 2], 1n],
    ['swap, minus', [0x31, 0x37, 0x16, 0x1c], 6n],
    // 1 2 3 becomes 3 1 2.
    ['rot', [0x31, 0x32, 0x33, 0x17, 0x1c, 0x22], 2n],
    ['drop', [0x31, 0x32, 0x13], 1n],
    ['div is signed', [0x09, 0xf9, 0x32, 0x1b, 0x1f], 3n],
    ['mod is not', [0x09, 0xff, 0x3a, 0x1d], 5n],
    ['shr and shra', [0x09, 0xf0, 0x34, 0x26, 0x1f], 1n],
    ['and, or, xor, not', [0x3c, 0x3a, 0x1a, 0x31, 0x21, 0x3f, 0x27], 6n],
    ['lt is signed', [0x09, 0xff, 0x30, 0x2d], 1n],
    ['plus_uconst', [0x31, 0x23, 0x80, 1], 129n],
    ['skip', [0x31, 0x2f, 1, 0, 0x13], 1n],
    ['bra', [0x35, 0x31, 0x28, 1, 0, 0x33, 0x32, 0x22], 7n],
    ['entry_value of what the caller knows', [0xa3, 1, 0x55, 0x9f], 42n],
    ['a value on the stack', [0x37, 0x9f], 7n],
    ['an implicit value', [0x9e, 2, 0x34, 0x12], 0x1234n],
    // -1 as a char, widened to an int, then as an address.
    ['convert', [0x08, 0xff, 0xa8, 2, 0xa8, 1, 0xa8, 0, 0x9f], 0xffff_ffff_ffff_ffffn],
    ['regval_type', [0xa5, 3, 1, 0xa8, 0, 0x9f], 0x30n],
    // 2.5 * 2 as doubles, converted to an int.
    ['floats', [0xa4, 3, 8, 0, 0, 0, 0, 0, 0, 4, 0x40, 0x32, 0xa8, 3, 0x1e, 0xa8, 1, 0x9f], 5n],
  ] as const)('%s', ([, bytes, expected]) => {
    expect(numberOf(...bytes)).toBe(expected);
  });

  test.for([
    ['an empty stack', [0x22], 'its location is damaged'],
    ['a loop', [0x2f, 0xfd, 0xff], 'its location does not end'],
    ['a jump out of it', [0x2f, 0x10, 0], 'its location is damaged'],
    ['operands that are cut off', [0x0c, 1], 'its location is damaged'],
    ['a register that is not known', [0x92, 40, 0], 'register 40 was not saved'],
    [
      'memory that is not there',
      [0x0e, 0, 0, 0, 0, 0, 1, 0, 0, 0x06],
      'memory at 0x10000000000 cannot be read',
    ],
    ['a division by zero', [0x31, 0x30, 0x1b], 'its location divides by zero'],
    ['a value on entry that nobody knows', [0xa3, 1, 0x56], 'optimized out'],
    [
      'an operation from elsewhere',
      [0xe5],
      'its location uses operation 0xe5, which is not supported',
    ],
  ] as const)('with %s says so', ([, bytes, expected]) => {
    expect(whyOf(...bytes)).toBe(expected);
  });
});

describe('a variable', () => {
  const print = (type: Type, ...bytes: readonly number[]): string => {
    const expression = { bytes: Uint8Array.from(bytes), context };
    const variable: Variable = {
      ...{ name: 'v', kind: 'local', type, declared: undefined, depth: 0, inlineDepth: 0 },
      location: { kind: 'expression', expression },
    };
    return printNested(readVariable(variable, frame));
  };
  const member = (name: string, offset: number) => ({ name, type: int, offset, bits: undefined });
  const pair: Type = {
    ...{ kind: 'struct', name: 'pair', bytes: 8, incomplete: false },
    members: [member('a', 0), member('b', 4)],
  };

  test.for([
    ['in a register', int, [0x53], '48'],
    ['in memory', int, [0x0a, 0x34, 0x12], '4660'],
    ['in two registers', pair, [0x51, 0x93, 4, 0x52, 0x93, 4], '{a = 16, b = 32}'],
    ['of which a half is gone', pair, [0x51, 0x93, 4, 0x93, 4], '{a = 16, b = <optimized out>}'],
    ['of which all is gone', pair, [0x93, 8], '<optimized out>'],
    // Bits 4 to 11 of register 18, 0x120, and 24 bits of zeros.
    ['in bits of a register', int, [0x62, 0x9d, 8, 4, 0x30, 0x9f, 0x9d, 24, 0], '18'],
    ['that is a constant', int, [0x09, 0xfb, 0x9f], '-5'],
    ['in a register that was not saved', int, [0x90, 40], '<not saved>'],
  ] as const)('%s', ([, type, bytes, expected]) => {
    expect(print(type, ...bytes)).toBe(expected);
  });
});
