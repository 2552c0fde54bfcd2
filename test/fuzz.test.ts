// Damaged objects never make the host throw, and the same seed damages them alike.
// `npm run fuzz` does the same a hundred thousand times; docs/fuzzing.md tells of it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { makeMutant, newTally, type Tally, tryMutant } from '../src/fuzz/campaign.ts';
import { runPasses } from '../src/fuzz/passes.ts';
import * as C from '../src/object/elf/constants.ts';
import { type ElfSpec, writeElf } from './support/elf-writer.ts';
import type { AnySpec } from './support/link-spec.ts';
import { stockOf } from './support/seeds.ts';

const MUTANTS = 2000;
const SEED = 20_260_301;
const stocks = archNames.map(stockOf);

function campaign(count: number): Tally {
  const tally = newTally();
  for (let number = 0; number < count; number++) tryMutant(tally, stocks, SEED, number, () => 0);
  return tally;
}

describe('mutants', () => {
  test(`${MUTANTS} of them come to an image or to problems`, () => {
    const tally = campaign(MUTANTS);
    expect(tally.crashes).toEqual([]);
    expect(tally.mutants).toBe(MUTANTS);
    const passes = new Set([...tally.causes.keys()].map((name) => name.replace(/:.*/, '')));
    expect([...passes].sort()).toEqual(['flavour', 'layout', 'link', 'linked', 'read']);
    expect(tally.causes.size).toBeGreaterThan(25);
  });

  test('the same seed makes the same ones, with the same outcomes', () => {
    expect(campaign(200)).toEqual(campaign(200));
    expect(makeMutant(stocks, SEED, 7)).toEqual(makeMutant(stocks, SEED, 7));
    expect(makeMutant(stocks, SEED, 7).bytes).not.toEqual(makeMutant(stocks, SEED + 1, 7).bytes);
  });

  test('the object they are made of stays as it was', () => {
    const [seed] = stocks[0]?.seeds ?? [];
    const before = seed?.bytes.slice();
    campaign(100);
    expect(seed?.bytes).toEqual(before);
  });
});

/** Any specification that can be written; sizes are small, everything else is wild. */
function specs(types: readonly number[]): fc.Arbitrary<AnySpec> {
  const name = fc.constantFrom('.text', '.data', '.bss', '.init.text', 'set_x', '.eh_frame', 'x y');
  const ids = ['a', 'b', 'c'] as const;
  const section = fc.record({
    name,
    type: fc.constantFrom(1, 1, 1, 7, 8, 14, 17, 18, 0x7000_0001),
    flags: fc.constantFrom(0, 2, 3, 6, 7, 0x202, 0x206, 0x403),
    bytes: fc.uint8Array({ maxLength: 40 }),
    align: fc.constantFrom(0, 1, 2, 4, 8, 4096, 0x1000_0000),
  });
  const symbol = fc.record({
    name: fc.constantFrom('', 'f', 'g', '__start_set_x', '_GLOBAL_OFFSET_TABLE_', '$a'),
    section: fc.constantFrom(...ids, 'ABS', 'COMMON', undefined),
    value: fc.oneof(fc.nat(64), fc.bigInt(0n, 0xffff_ffffn)),
    size: fc.nat(0x10_0000),
    binding: fc.nat(3),
    type: fc.nat(10),
  });
  const relocation = fc.record({
    section: fc.constantFrom(...ids),
    offset: fc.nat(48),
    type: fc.constantFrom(...types),
    symbol: fc.constantFrom('s0', 's1', 's2', undefined),
    addend: fc.bigInt(-0x8000_0000n, 0x7fff_ffffn),
  });
  return fc
    .record({
      addends: fc.constantFrom('in-place' as const, 'in-record' as const),
      sections: fc.tuple(section, section, section),
      symbols: fc.tuple(symbol, symbol, symbol),
      relocations: fc.array(relocation, { maxLength: 8 }),
      groups: fc.array(
        fc.record({
          signature: fc.constantFrom('s0', 's1'),
          flags: fc.constantFrom(0, 1, 1, 2),
          members: fc.array(fc.constantFrom('a', 'b', 'c', 0, 1, 99), { maxLength: 3 }),
        }),
        { maxLength: 2 },
      ),
    })
    .map(({ sections, symbols, relocations, ...rest }) => ({
      ...rest,
      sections: sections.map(({ type, ...each }, i) => {
        const id = ids[i] ?? 'a';
        return type === C.SHT_NOBITS
          ? { ...each, id, type, bytes: [], size: 16 }
          : { ...each, id, type };
      }),
      symbols: symbols.map(({ section: where, ...each }, i) => {
        const id = `s${i}`;
        return where === undefined ? { ...each, id } : { ...each, id, section: where };
      }),
      relocations: relocations.map(({ symbol: to, ...each }) =>
        to === undefined ? each : { ...each, symbol: to },
      ),
    }));
}

describe.for(archNames)('on %s', (name) => {
  const arch = architectures[name];
  const { wordBytes, elfMachine: machine } = arch;
  const runs = { numRuns: 300, seed: SEED };

  test('any object at all comes to the same end twice', () => {
    fc.assert(
      fc.property(specs([...arch.relocations.keys(), 222]), (spec) => {
        const file = writeElf({ ...spec, wordBytes, machine });
        expect(runPasses(file, arch)).toEqual(runPasses(file, arch));
      }),
      runs,
    );
  });

  test('so do any bytes behind a good file header', () => {
    const good: ElfSpec = { wordBytes, machine, addends: arch.addends, sections: [] };
    const header = writeElf(good).subarray(0, wordBytes === 8 ? 64 : 52);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const file = Uint8Array.from([...header, ...bytes]);
        expect(runPasses(file, arch)).toEqual(runPasses(file, arch));
      }),
      runs,
    );
  });
});

/** What once went wrong, each as small as it was found to be. */
describe.for(archNames)('on %s what once threw', (name) => {
  const arch = architectures[name];
  const { wordBytes, elfMachine: machine, addends } = arch;
  const W = C.SHF_ALLOC | C.SHF_WRITE;
  const past: readonly (readonly [string, AnySpec])[] = [
    [
      'a common symbol with an alignment of 2^30',
      {
        addends,
        sections: [{ name: '.data', flags: W }],
        symbols: [{ name: 'c', section: 'COMMON', value: 1 << 30, size: 4 }],
      },
    ],
    [
      'a section with an alignment of 2^31',
      { addends, sections: [{ name: '.data', flags: W, bytes: [1], align: 0x8000_0000 }] },
    ],
  ];
  test.for(past)('%s', ([, spec]) => {
    expect(runPasses(writeElf({ ...spec, wordBytes, machine }), arch).kind).toBe('linked');
  });
});
