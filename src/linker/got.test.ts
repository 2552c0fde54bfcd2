// The global offset table: its slots, and what the relocations make of them.

import { describe, expect, test } from 'vitest';
import {
  littleEndian,
  type RelocationSpec,
  type SymbolSpec,
  writeElf,
} from '../../test/support/elf-writer.ts';
import type { ArchName } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { type FoundSymbol, link, planLayout } from './link.ts';
import { SEGMENT_RODATA } from './segments.ts';

const TEXT = 0x10_0000n;
const GOT = 0x18_0000n;

type Use = Omit<RelocationSpec, 'section' | 'offset'> & { readonly at?: number };

const known: Readonly<Record<string, FoundSymbol>> = {
  a: { address: addr(0x3000) },
  b: { address: addr(0x4000) },
  t: { address: addr(0x5001), thumb: true },
};

/** Eight bytes of text for each use. */
function linkUses(name: ArchName, uses: readonly Use[], bytes: readonly number[] = []) {
  const arch = architectures[name];
  const used = [...new Set(uses.map(({ symbol = '' }) => symbol))];
  const symbols: SymbolSpec[] = used.map((symbol) =>
    symbol === 'weak' ? { name: symbol, binding: C.STB_WEAK } : { name: symbol },
  );
  const text = Uint8Array.from({ length: 8 * uses.length }, (_, i) => bytes[i] ?? 0);
  const object = writeElf({
    ...{ wordBytes: arch.wordBytes, machine: arch.elfMachine, addends: arch.addends, symbols },
    sections: [{ name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: text, align: 8 }],
    relocations: uses.map(({ at = 0, ...use }, i) => ({
      ...{ section: '.text', offset: 8 * i + at },
      ...use,
    })),
  });
  const read = readElf(object);
  if (!read.ok) throw new Error('the object does not read');
  const layout = planLayout(read.value, arch, { veneers: false, errata: false });
  if (!layout.ok) throw new Error('the object has no layout');
  const bases = layout.value.segments.map(({ kind }) => addr(kind === SEGMENT_RODATA ? GOT : TEXT));
  return link({ object: read.value, arch, layout: layout.value, bases, lookup: (s) => known[s] });
}

function linked(name: ArchName, uses: readonly Use[], bytes?: readonly number[]) {
  const result = linkUses(name, uses, bytes);
  if (!result.ok) throw new Error(result.problems.map(({ kind }) => kind).join(' '));
  const words = (kind: number) => {
    const segment = result.value.segments.find((each) => each.kind === kind);
    const view = new DataView(segment?.bytes.buffer ?? new ArrayBuffer(0));
    const { wordBytes } = architectures[name];
    return Array.from({ length: view.byteLength / wordBytes }, (_, i) =>
      wordBytes === 8 ? view.getBigUint64(8 * i, true) : BigInt(view.getUint32(4 * i, true)),
    );
  };
  return { image: result.value, got: words(SEGMENT_RODATA), text: words(0) };
}

/** The relocation that loads from a slot, by its distance to the place if there is such. */
const slotType = { i386: 43, amd64: 42, armv7: 96, aarch64: 309 } as const;

describe.for(Object.entries(slotType) as [ArchName, number][])('%s', ([name, type]) => {
  const { wordBytes } = architectures[name];

  test('one slot for each symbol, however often it is used', () => {
    const uses = ['a', 'b', 'a', 'weak', 'b'].map((symbol) => ({ type, symbol }));
    const { image, got } = linked(name, uses);
    expect(got).toEqual([0x3000n, 0x4000n, 0n]);
    expect(image.got).toEqual({ address: GOT, bytes: 3 * wordBytes });
  });

  test('no table for an object that asks for none', () => {
    const word = { i386: 1, amd64: 1, armv7: 2, aarch64: 257 }[name];
    expect(linked(name, [{ type: word, symbol: 'a' }]).image.got).toBeUndefined();
  });

  test('a symbol that nobody defines is missed', () => {
    const result = linkUses(name, [{ type, symbol: 'nobody' }]);
    expect(!result.ok && result.problems).toMatchObject([{ kind: 'undefined-symbol' }]);
  });

  test('a place beyond the end of its section is refused', () => {
    const result = linkUses(name, [{ type, symbol: 'a', at: 6 }]);
    expect(!result.ok && result.problems).toMatchObject([{ kind: 'outside-section' }]);
  });
});

test('a slot of a Thumb function has the Thumb bit', () => {
  expect(linked('armv7', [{ type: 96, symbol: 't' }]).got).toEqual([0x5001n]);
});

test('on aarch64 the slot holds S + A', () => {
  const uses = [0, 16, 0, 16].map((addend) => ({ type: 309, symbol: 'a', addend }));
  expect(linked('aarch64', uses).got).toEqual([0x3000n, 0x3010n]);
});

test('a table that is only asked where it is has room for a word', () => {
  const { image, text } = linked('amd64', [
    { type: 29, symbol: '_GLOBAL_OFFSET_TABLE_' },
    { type: 25, symbol: 'a' },
  ]);
  expect(image.got).toEqual({ address: GOT, bytes: 8 });
  expect(text).toEqual([GOT - TEXT, BigInt.asUintN(64, 0x3000n - GOT)]);
});

describe('the second slot, by', () => {
  test.for([
    ['i386', 3, 0n, 4n],
    ['i386', 43, 0n, 4n],
    ['amd64', 3, 0n, 8n],
    ['amd64', 9, -4n, GOT + 8n - 4n - (TEXT + 8n)],
    ['amd64', 41, -4n, GOT + 8n - 4n - (TEXT + 8n)],
    ['amd64', 42, -4n, GOT + 8n - 4n - (TEXT + 8n)],
    ['amd64', 27, 0n, 8n],
    ['amd64', 28, 0n, GOT + 8n - (TEXT + 8n)],
    ['armv7', 26, 0n, 4n],
    ['armv7', 95, 0n, GOT + 4n],
    ['armv7', 96, 0n, GOT + 4n - (TEXT + 8n)],
    ['aarch64', 315, 4n, GOT + 8n + 4n - (TEXT + 8n)],
  ] as const)('%s type %i', ([name, type, addend, value]) => {
    const uses = ['a', 'b'].map((symbol) => ({ type, symbol, addend }));
    const { text } = linked(name, uses);
    const perUse = 8 / architectures[name].wordBytes;
    expect(text[perUse]).toBe(BigInt.asUintN(type === 27 || type === 28 ? 64 : 32, value));
  });

  test.for([
    // ldr x1, slot; adrp x1, slot; ldr x1, [x1, #slot]
    [309, 0x5800_0001, 0x5840_0001n],
    [310, 0xf940_0021, 0xf940_0421n],
    [311, 0x9000_0001, 0x9000_0401n],
    [312, 0xf940_0021, 0xf940_0421n],
    [313, 0xf940_0021, 0xf940_0421n],
  ] as const)('aarch64 type %i', ([type, before, after]) => {
    const bytes = [...littleEndian(8, before), ...littleEndian(8, before)];
    const uses = ['a', 'b'].map((symbol) => ({ type, symbol }));
    expect(linked('aarch64', uses, bytes).text[1]).toBe(after);
  });
});

test('aarch64: LO15 reaches 4096 slots', () => {
  const uses = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ type: 310, symbol: 'a', addend: i }));
  expect(linkUses('aarch64', uses(4096)).ok).toBe(true);
  const result = linkUses('aarch64', uses(4097));
  expect(!result.ok && result.problems).toMatchObject([{ kind: 'out-of-range', over: 8n }]);
});

test.for([
  ['mov slot(%ebx), %eax', 0x83, 0n],
  ['mov slot, %eax', 0x05, GOT],
  ['call *slot', 0x15, GOT],
  ['call *slot(%ebx)', 0x93, 0n],
] as const)('i386: GOT32X in %s', ([, modRM, value]) => {
  const { text } = linked('i386', [{ type: 43, symbol: 'a', at: 4 }], [0, 0, 0xff, modRM]);
  expect(text[1]).toBe(value);
});
