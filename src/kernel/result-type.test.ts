// Results narrower and wider than a register.

import { expect, test } from 'vitest';
import { type ResultType, resultOf } from './result-type.ts';

test.for<[ResultType, bigint, bigint]>([
  ['u8', 0x1ffn, 0xffn],
  ['u16', 0x8690_31c3n, 0x31c3n],
  ['u32', 0x1_8690_31c3n, 0x8690_31c3n],
  ['u64', 0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_fffen],
  ['s8', 0x7fn, 127n],
  ['s8', 0x180n, -128n],
  ['s16', 0x1_8000n, -0x8000n],
  ['s32', 0xffff_fffen, -2n],
  ['s64', 0xffff_ffff_ffff_fffen, -2n],
])('%s of registers %x', ([type, wide, value]) => {
  expect(resultOf(type, wide)).toBe(value);
});
