// Every machine takes REL and RELA: the same addend, in the bytes or in the record,
// makes the same image, for every relocation that there is.

import { describe, expect, test } from 'vitest';
import { type OneRelocation, relocateOne } from '../../test/support/relocate-one.ts';
import { relocationRows } from '../../test/support/relocation-rows.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import type { RelocationRule } from '../arch/relocation.ts';

/** The bytes with an addend: the smallest that is a multiple of 16, in one bit. */
function withAddend({ field }: RelocationRule, before: bigint): { raw: bigint; A: bigint } {
  const bits = Array.from({ length: field.bytes * 8 }, (_, bit) => before ^ (1n << BigInt(bit)));
  const [found] = bits
    .map((raw) => ({ raw, A: field.extract(raw) }))
    .filter(({ A }) => A > 0n && A % 16n === 0n)
    .toSorted((a, b) => Number(a.A - b.A));
  if (found === undefined) throw new Error('no addend fits');
  return found;
}

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const rows = relocationRows[name].filter(([, , bytes]) => bytes > 0);

  test.for(rows)('type %i, %s', ([type, , bytes, before]) => {
    const rule = arch.relocations.get(type);
    if (rule === undefined) throw new Error('no rule');
    const { raw, A } = withAddend(rule, before);
    // Near to each other and to 0, for fields of 8 bits.
    const one: Omit<OneRelocation, 'before'> = { arch, type, bytes, S: 0x40n, P: 0x20n };
    const inPlace = relocateOne({ ...one, before: raw });
    expect(relocateOne({ ...one, before, A })).toEqual(inPlace);
    // What the bytes were does not matter to RELA.
    expect(relocateOne({ ...one, before: raw, A })).toEqual(inPlace);
    expect(inPlace).toBeTypeOf('bigint');
  });
});
