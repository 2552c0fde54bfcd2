// What --call takes, and what it says of the rest.

import { describe, expect, test } from 'vitest';
import {
  type CallExpression,
  type Handed,
  parseCall,
  parseStepCall,
  tooWide,
} from './call-expression.ts';
import type { Literal } from './literals.ts';

const integer = (value: bigint, wide = false): Literal => ({ kind: 'integer', value, wide });

function parsed(source: string): CallExpression {
  const result = parseCall(source);
  if (!result.ok) throw new Error(result.problems.join());
  return result.value;
}

describe('a call', () => {
  test('has a symbol, arguments and no result type', () => {
    expect(parsed('f(1, "text", 0x10)')).toEqual({
      text: 'f(1, "text", 0x10)',
      symbol: 'f',
      args: [integer(1n), { kind: 'string', text: 'text' }, integer(16n)],
      returns: undefined,
    });
  });

  test('may have no arguments, and spaces anywhere', () => {
    expect(parsed('  f ( ) ')).toMatchObject({ text: 'f ( )', symbol: 'f', args: [] });
  });

  test.for(['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'])('may return %s', (type) => {
    expect(parsed(`f(1):${type}`)).toMatchObject({ text: 'f(1)', returns: type });
  });

  test.for<[string, Literal]>([
    ['0', integer(0n)],
    ['-1', integer(-1n)],
    ['-0x10', integer(-16n)],
    ['0XFF', integer(255n)],
    ['017', integer(15n)],
    ['1LL', integer(1n, true)],
    ['0x10ull', integer(16n, true)],
    ['18446744073709551615', integer(0xffff_ffff_ffff_ffffn)],
    ['-9223372036854775808', integer(-0x8000_0000_0000_0000n)],
    ['""', { kind: 'string', text: '' }],
    ['"a, (b)"', { kind: 'string', text: 'a, (b)' }],
    ['"\\n\\t\\"\\\\\\x41\\101\\0"', { kind: 'string', text: '\n\t"\\AA\0' }],
    ['"ä"', { kind: 'string', text: 'ä' }],
    ['[16]', { kind: 'buffer', bytes: 16 }],
    ['[ 0x10 ]', { kind: 'buffer', bytes: 16 }],
    ['x"00 fF"', { kind: 'bytes', bytes: Uint8Array.of(0, 255) }],
    ['b64"AP8="', { kind: 'bytes', bytes: Uint8Array.of(0, 255) }],
  ])('takes %s', ([source, literal]) => {
    expect(parsed(`f(${source})`).args).toEqual([literal]);
  });

  test.for<[string, RegExp]>([
    ['', /wanted the name of a function at the end/],
    ['f', /wanted "\("/],
    ['f(', /wanted an integer/],
    ['f(1', /wanted "," or "\)" at the end/],
    ['f(1 2)', /wanted "," or "\)" before "2\)"/],
    ['f(1,)', /wanted an integer/],
    ['f(x)', /wanted an integer.* before "x\)"/],
    ['f(1x)', /wanted an integer/],
    ['f("a)', /to end the string/],
    ['f("\\q")', /no escape \\q/],
    ['f("\\xff")', /not ASCII/],
    ['f(08)', /not octal/],
    ['f(18446744073709551616)', /does not fit 64 bits/],
    ['f(-9223372036854775809)', /does not fit 64 bits/],
    ['f([0])', /1 to 1048576 bytes, not 0/],
    ['f([1048577])', /1 to 1048576 bytes/],
    ['f(x"0")', /not pairs of hexadecimal digits/],
    ['f(x"")', /not pairs of hexadecimal digits/],
    ['f(x"00', /wanted '"' before "00"/],
    ['f(b64"A")', /not base64/],
    ['f(&f)', /wanted an integer/],
    ['f(out=[4])', /wanted an integer/],
    ['f():u24', /no type u24: u8 u16/],
    ['f() g', /wanted the end/],
  ])('refuses %s', ([source, sentence]) => {
    const result = parseCall(source);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.problems.join()).toMatch(sentence);
  });
});

describe('a call among others', () => {
  test.for<[string, Handed]>([
    ['1LL', integer(1n, true)],
    ['x"01"', { kind: 'bytes', bytes: Uint8Array.of(1) }],
    ['x', { kind: 'name', name: 'x', offset: 0n }],
    ['ctx + 0x10', { kind: 'name', name: 'ctx', offset: 16n }],
    ['ctx - 8', { kind: 'name', name: 'ctx', offset: -8n }],
    ['&table', { kind: 'symbol', name: 'table', offset: 0n }],
    ['&table + 4', { kind: 'symbol', name: 'table', offset: 4n }],
    ['out=[16]', { kind: 'define', name: 'out', memory: { kind: 'buffer', bytes: 16 } }],
    ['s = "a"', { kind: 'define', name: 's', memory: { kind: 'string', text: 'a' } }],
  ])('takes %s', ([source, handed]) => {
    const call = parseStepCall(`f(${source})`);
    expect(call).toMatchObject({ ok: true, value: { args: [handed] } });
  });

  test.for<[string, RegExp]>([
    ['out=1', /out= wants a buffer/],
    ['&', /wanted the name of a symbol/],
    ['p + "a"', /wanted an integer/],
    ['p q', /wanted "," or "\)"/],
  ])('refuses %s', ([source, sentence]) => {
    const call = parseStepCall(`f(${source})`);
    expect(call.ok ? '' : call.problems.join()).toMatch(sentence);
  });
});

test.for<[string, 4 | 8, boolean]>([
  ['4294967295', 4, true],
  ['4294967296', 4, false],
  ['-2147483648', 4, true],
  ['-2147483649', 4, false],
  ['4294967296LL', 4, true],
  ['4294967296', 8, true],
  ['18446744073709551615', 8, true],
])('%s fits a word of %i bytes: %s', ([source, wordBytes, fits]) => {
  expect(tooWide(parsed(`f(${source})`), wordBytes) === undefined).toBe(fits);
});
