// What only ARM has: addends inside instructions, two instruction sets, and
// groups.  The encodings were checked with llvm-mc and ld.lld 19.

import { describe, expect, test } from 'vitest';
import { relocateOne } from '../../../test/support/relocate-one.ts';
import { armv7 as arch } from './description.ts';

const P = 0x4800_0000n;
const base = { arch, bytes: 4, P } as const;
const BL = { type: 28, before: 0xebff_fffen } as const;
const BLX = { type: 28, before: 0xfaff_fffen } as const;
const B = { type: 29, before: 0xeaff_fffen } as const;
const thumbBl = { type: 10, before: 0xfffe_f7ffn } as const;

describe('addends in place', () => {
  test.for([
    ['CALL: -8', 28, 0xebff_fffen, P + 8n, 0xeb00_0000n],
    ['CALL: -32 MiB', 28, 0xeb80_0000n, P + 0x200_0000n, 0xeb00_0000n],
    ['JUMP24: -8', 29, 0xeaff_fffen, P, 0xeaff_fffen],
    ['THM_CALL: -4', 10, 0xfffe_f7ffn, P + 4n, 0xf800_f000n],
    ['THM_JUMP24: -4', 30, 0xbffe_f7ffn, P + 4n, 0xb800_f000n],
    ['THM_JUMP19: -4', 51, 0xaffe_f43fn, P + 4n, 0x8000_f000n],
    ['PREL31: bit 31 kept, bit 30 is the sign', 42, 0xffff_fff8n, P + 0x10n, 0x8000_0008n],
    ['MOVW: 16 bits signed', 43, 0xe30f_1ffcn, 0x1_0004n, 0xe300_1000n],
    ['MOVT: added before the shift', 44, 0xe340_1004n, 0x1_fffcn, 0xe340_1002n],
    ['MOVT: signed', 44, 0xe34f_1ffcn, 0x2_0000n, 0xe340_1001n],
    ['THM_MOVW', 47, 0x71fc_f64fn, 0x4n, 0x0100_f240n],
    ['THM_MOVT', 48, 0x0104_f2c0n, 0x1_fffcn, 0x0102_f2c0n],
    ['ALU_PC_G0_NC: SUB is negative', 57, 0xe24f_1008n, P + 0x10n, 0xe28f_1008n],
    ['LDR_PC_G2: U clear is negative', 63, 0xe511_1008n, P + 0x123_4568n, 0xe591_1160n],
  ] as const)('%s', ([, type, before, S, after]) => {
    expect(relocateOne({ ...base, type, before, S })).toBe(after);
  });
});

describe('the Thumb bit', () => {
  const S = 0x1000n;

  test.for([
    ['ABS32', 2, 0n, 0x1001n],
    ['TARGET1', 38, 0n, 0x1001n],
    ['REL32', 3, 0n, BigInt.asUintN(32, 0x1001n - P)],
    ['MOVW_ABS_NC', 43, 0xe300_1000n, 0xe301_1001n],
  ] as const)('is part of the address in %s', ([, type, before, after]) => {
    expect(relocateOne({ ...base, type, before, S, thumb: true })).toBe(after);
  });

  test('is not part of MOVT', () => {
    const movt = 0xe340_1000n;
    expect(relocateOne({ ...base, type: 44, before: movt, S: 0x1_0000n, thumb: true })).toBe(
      movt | 1n,
    );
  });
});

describe('a branch between instruction sets', () => {
  test('BL to Thumb becomes BLX, bit 24 the halfword', () => {
    expect(relocateOne({ ...base, ...BL, S: P + 10n, thumb: true })).toBe(0xfb00_0000n);
  });

  test('BLX to ARM becomes BL', () => {
    expect(relocateOne({ ...base, ...BLX, S: P + 8n, thumb: false })).toBe(0xeb00_0000n);
  });

  test('Thumb BL to ARM becomes BLX', () => {
    expect(relocateOne({ ...base, ...thumbBl, S: P + 4n, thumb: false })).toBe(0xe800_f000n);
  });

  test('Thumb BLX counts from the word its PC is in', () => {
    const at2 = { ...base, P: P + 2n, ...thumbBl };
    expect(relocateOne({ ...at2, S: P + 4n, thumb: false })).toBe(0xe800_f000n);
  });

  test('a symbol of unknown set keeps the instruction', () => {
    expect(relocateOne({ ...base, ...BLX, S: P + 8n })).toBe(0xfa00_0000n);
  });

  test.for([
    ['B', B, true, 'thumb'],
    ['conditional BL', { type: 29, before: 0x1bff_fffen }, true, 'thumb'],
    ['B.W', { type: 30, before: 0xbffe_f7ffn }, false, 'arm'],
    ['B<cond>.W', { type: 51, before: 0xaffe_f43fn }, false, 'arm'],
  ] as const)('%s needs a veneer', ([, instruction, thumb, to]) => {
    const problem = relocateOne({ ...base, ...instruction, S: P + 0x100n, thumb });
    expect(problem).toMatchObject({ kind: 'needs-veneer', to });
  });
});

describe('groups', () => {
  test('three of them add up to the distance', () => {
    const distance = 0x0123_4567n;
    const S = P + distance;
    // ADD r1, pc, #0x01200000; ADD r1, r1, #0x34400; LDR r1, [r1, #0x167]
    expect(relocateOne({ ...base, type: 57, before: 0xe28f_1000n, S })).toBe(0xe28f_1748n);
    expect(relocateOne({ ...base, type: 59, before: 0xe281_1000n, S })).toBe(0xe281_1bd1n);
    expect(relocateOne({ ...base, type: 63, before: 0xe591_1000n, S })).toBe(0xe591_1167n);
  });

  test('LDR_PC_G2 refuses what two groups leave above 12 bits', () => {
    const ldr = { ...base, type: 63, before: 0xe591_1000n };
    expect(relocateOne({ ...ldr, S: P + 0x0fff_ffffn })).toBe(0xe591_1fffn);
    expect(relocateOne({ ...ldr, S: P + 0x7fff_ffffn })).toMatchObject({ kind: 'unencodable' });
  });
});

test('V4BX keeps BX', () => {
  expect(relocateOne({ ...base, type: 40, before: 0xe12f_ff1en, S: 1n })).toBe(0xe12f_ff1en);
});
