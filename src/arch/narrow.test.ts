// The narrow form of a rule, which the linker's fast loop uses, says what the
// bigint form says, or declines.

import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { archNames } from './arch.ts';
import { narrowValue } from './narrow.ts';
import { architectures } from './registry.ts';
import type { Field, RelocationRule } from './relocation.ts';

const random = seededRandom(1);
const word = (): number => random.below(0x1_0000_0000);
/** Near one of the places where kernels, modules and per-CPU variables are. */
const around = (bases: readonly bigint[]): bigint => {
  const base = bases[random.below(bases.length)] ?? 0n;
  return base + (BigInt(word()) >> BigInt(random.below(32))) * (random.below(2) === 0 ? 1n : -1n);
};

/** What the bytes become, in bigints; undefined: the rule refuses the value. */
function wide(rule: RelocationRule, field: Field, raw: bigint, S: bigint, A: bigint, P: bigint) {
  const value = rule.value({ S, A, P, T: 0n, GOT: 0n, G: 0n, B: 0n, M: 0 });
  const { range, align } = field;
  if (range !== undefined && (value < range.min || value > range.max)) return undefined;
  if ((value & (align - 1n)) !== 0n) return undefined;
  return field.insert(raw, value);
}

function narrow(rule: RelocationRule, raw: number, S: bigint, A: bigint, P: bigint) {
  const form = rule.narrow;
  if (form === undefined) throw new Error('there is no narrow form');
  const signed = (address: bigint): number => Number(BigInt.asIntN(64, address));
  const value = narrowValue(form, signed(S), Number(A), signed(P));
  if (!(value >= form.min && value <= form.max) || (value & form.mask) !== 0) return undefined;
  if (form.bytes === 8) return BigInt.asUintN(64, BigInt(value));
  const inserted = form.insert(raw, value);
  return Number.isNaN(inserted) ? undefined : BigInt.asUintN(32, BigInt(inserted));
}

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const limit = 1n << BigInt(arch.wordBytes * 8);
  const bases = [0n, arch.map.kernelBase, arch.map.modulesStart, arch.map.modulesEnd];
  const rules = [...arch.relocations.values()].filter((rule) => rule.narrow !== undefined);

  test('the relocations of compiled C have a narrow form', () => {
    expect(rules.length).toBeGreaterThanOrEqual(3);
  });

  test.for(rules)('$name: both forms agree', (rule) => {
    const fields = [rule.field, rule.branch?.arm].filter((field) => field !== undefined);
    let done = 0;
    for (let i = 0; i < 5000; i++) {
      const raw = word();
      const address = (): bigint => (((around(bases) % limit) + limit) % limit) & ~3n;
      const [S, P] = [address(), address()];
      const A = around([0n]) >> BigInt(random.below(20));
      const found = narrow(rule, raw, S, A, P);
      for (const field of fields) {
        if (found === undefined) continue;
        done++;
        expect(found, `raw ${raw} S ${S} A ${A} P ${P}`).toBe(
          wide(rule, field, BigInt(raw), S, A, P),
        );
      }
    }
    expect(done).toBeGreaterThan(50);
  });

  test.for(rules)('$name: both forms find the same addend', (rule) => {
    for (let i = 0; i < 1000; i++) {
      const raw = word();
      const found = rule.narrow?.extract(raw) ?? Number.NaN;
      if (!Number.isNaN(found)) expect(BigInt(found)).toBe(rule.field.extract(BigInt(raw)));
    }
  });
});
