// Every row of every relocation table, through the linker's own loop: what the
// bytes become, and that the limits hold on both sides.

import { describe, expect, test } from 'vitest';
import { relocateOne } from '../../test/support/relocate-one.ts';
import { type RelocationRow, relocationRows } from '../../test/support/relocation-rows.ts';
import { archNames } from './arch.ts';
import { architectures } from './registry.ts';

const P = 0x4800_0000n;

/** S, A, P and GOT that make the formula's result `value`; G is 0. */
function operandsFor(formula: string, value: bigint, bits: number) {
  const made = (given: { S?: bigint; A?: bigint; P?: bigint; GOT?: bigint }) => ({
    ...{ A: 0n, P, GOT: P },
    ...given,
    S: BigInt.asUintN(bits, given.S ?? 0n),
  });
  switch (formula) {
    case 'G':
    case 'G + A':
      return made({ A: value });
    case 'S + A - GOT':
    case '((S + A) | T) - GOT':
      return made({ S: P + value });
    case 'G + GOT':
    case 'G + GOT - Page(GOT)':
    case 'G + GOT + A':
      return made({ GOT: value });
    case 'G + GOT - P':
      return made({ P: P - value });
    case 'GOT + A - P':
    case 'G + GOT + A - P':
      // A table is aligned, a place need not be.
      return bits === 64 ? made({ A: value }) : made({ P: P - value });
    case 'Page(G + GOT) - Page(P)':
      return made({ GOT: P + value });
    default:
      return made({ S: formula.includes('P') ? P + value : value });
  }
}

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const rows = relocationRows[name];
  const inRecord = arch.addends === 'in-record';

  /** Asks for what gives the field this value. */
  const relocate = ([type, , bytes, before]: RelocationRow, value: bigint) =>
    relocateOne({
      ...{ arch, type, before, bytes },
      ...operandsFor(arch.relocations.get(type)?.formula ?? '', value, arch.wordBytes * 8),
      ...(inRecord ? {} : { A: undefined }),
    });

  test.for(rows)('%i %s packs the value', (row) => {
    const [, , , , , value, after] = row;
    expect(relocate(row, value)).toBe(after);
  });

  const limited = rows.filter((row) => row[4] !== undefined);

  test.for(limited)('%i %s accepts both limits', (row) => {
    const [, , , , limits] = row;
    const [min, max] = limits ?? [0n, 0n];
    expect(relocate(row, min)).toBeTypeOf('bigint');
    expect(relocate(row, max)).toBeTypeOf('bigint');
  });

  test.for(limited)('%i %s refuses one step beyond', (row) => {
    const [, , , , limits] = row;
    const [min, max, step] = limits ?? [0n, 0n, 1n];
    expect(relocate(row, min - step)).toMatchObject({ kind: 'out-of-range', min, max, over: step });
    expect(relocate(row, max + step)).toMatchObject({ kind: 'out-of-range', min, max, over: step });
  });

  const aligned = limited.filter(([type]) => arch.relocations.get(type)?.field.align !== 1n);

  test.for(aligned)('%i %s refuses a value off its alignment', (row) => {
    expect(relocate(row, row[5] + 1n)).toMatchObject({ kind: 'misaligned' });
  });

  test.for(rows.filter((row) => row[3] === 0n))(
    '%i %s in place keeps the sign of its addend',
    (row) => {
      const [type, , bytes] = row;
      const { formula = '' } = arch.relocations.get(type) ?? {};
      const { S, A, P, GOT } = operandsFor(formula, 0x44n, arch.wordBytes * 8);
      const before = BigInt.asUintN(bytes * 8, A - 4n);
      expect(relocateOne({ arch, type, before, bytes, S, P, GOT })).toBe(0x40n);
    },
  );

  // src/linker/shared.test.ts has those that only shared objects have.
  test('has a row here for every rule that changes bytes', () => {
    const rules = [...arch.relocations.values()].filter(
      ({ field, dynamic }) => field.bytes > 0 && dynamic === undefined,
    );
    expect(rules.map((rule) => [rule.type, rule.name])).toEqual(
      rows.map(([type, row]) => [type, expect.stringMatching(new RegExp(`^R_[A-Z0-9_]+_${row}$`))]),
    );
  });

  test('leaves the bytes of NONE alone', () => {
    expect(relocateOne({ arch, type: 0, before: 0x1234_5678n, bytes: 4, S: 1n, P })).toBe(
      0x1234_5678n,
    );
  });
});

describe('amd64', () => {
  const arch = architectures.amd64;

  test('PC32 reaches across 2^64', () => {
    const P = 0xffff_ffff_c020_0000n;
    const S = 0x100_0000n;
    expect(relocateOne({ arch, type: 2, before: 0n, bytes: 4, S, P, A: -4n })).toBe(0x40df_fffcn);
  });

  test('32S takes the top 2 GiB, 32 does not', () => {
    const one = { arch, before: 0n, bytes: 4, S: 0xffff_ffff_8000_0000n, P, A: 0n } as const;
    expect(relocateOne({ ...one, type: 11 })).toBe(0x8000_0000n);
    expect(relocateOne({ ...one, type: 10 })).toMatchObject({ kind: 'out-of-range' });
  });

  test('changes bytes that are not zero, as the psABI has it', () => {
    expect(relocateOne({ arch, type: 1, before: -1n, bytes: 8, S: 5n, P, A: 1n })).toBe(6n);
  });
});

describe('i386', () => {
  test('PC32 wraps at 2^32', () => {
    const arch = architectures.i386;
    const before = 0xffff_fffcn;
    const P = 0xf820_0000n;
    expect(relocateOne({ arch, type: 2, before, bytes: 4, S: 0x1000n, P })).toBe(0x07e0_0ffcn);
  });
});

describe('aarch64', () => {
  const arch = architectures.aarch64;
  const page = { arch, before: 0x9000_0001n, bytes: 4, A: 0n } as const;

  test('ADRP counts pages, not bytes', () => {
    const S = P + 0x1000n;
    expect(relocateOne({ ...page, type: 275, S, P: P + 0xffcn })).toBe(0xb000_0001n);
  });

  test.for([
    [284, 2],
    [285, 4],
    [286, 8],
    [299, 16],
  ] as const)('type %i wants its symbol aligned to %i', ([type, align]) => {
    const S = 0x1000n + BigInt(align) / 2n;
    const refused = { kind: 'misaligned', align: BigInt(align) };
    expect(relocateOne({ ...page, type, S, P })).toMatchObject(refused);
  });

  test('MOVW_SABS turns MOVZ into MOVN and back', () => {
    const type = 270;
    const movz = 0xd280_0001n;
    const movn = 0x9280_0001n;
    const minusOne = BigInt.asUintN(64, -1n);
    expect(relocateOne({ ...page, type, before: movz, S: minusOne, P })).toBe(movn);
    expect(relocateOne({ ...page, type, before: movn, S: 1n, P })).toBe(0xd280_0021n);
  });

  test('type 256 is NONE too', () => {
    expect(relocateOne({ ...page, type: 256, S: 1n, P })).toBe(page.before);
  });
});
