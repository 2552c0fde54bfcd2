// Symbols that may be missing: weak ones, and the bounds of linker sets.

import { describe, expect, test } from 'vitest';
import { littleEndian, type SectionSpec } from '../../test/support/elf-writer.ts';
import { linked, linkSpec, wordsOf, wordType } from '../../test/support/link-spec.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import * as C from '../object/elf/constants.ts';
import { SEGMENT_DATA } from './segments.ts';

const X = C.SHF_ALLOC | C.SHF_EXECINSTR;
const W = C.SHF_ALLOC | C.SHF_WRITE;

// On ARM a branch to an absent symbol goes to the next instruction; x86 has no such
// rule, so that a call goes to 0 and faults there.  The bytes are what ld.lld 19
// writes, x86's -4 - P being at the place 0xbf000000.
test.for([
  ['i386', 'call', 2, 4, 0xffff_fffc, 0x40ff_fffc],
  ['i386', 'call through PLT32', 4, 4, 0xffff_fffc, 0x40ff_fffc],
  ['i386', 'word', 1, 4, 0, 0],
  ['amd64', 'call', 4, 4, 0, -0xbf00_0004],
  ['amd64', 'word', 1, 8, 0, 0],
  ['amd64', '32S', 11, 4, 0, 0],
  ['armv7', 'BL, PC24', 1, 4, 0xebff_fffe, 0xebff_ffff],
  ['armv7', 'BL, PLT32', 27, 4, 0xebff_fffe, 0xebff_ffff],
  ['armv7', 'BL', 28, 4, 0xebff_fffe, 0xebff_ffff],
  ['armv7', 'B', 29, 4, 0xeaff_fffe, 0xeaff_ffff],
  ['armv7', 'Thumb BL', 10, 4, 0xfffe_f7ff, 0xf800_f000],
  ['armv7', 'Thumb B.W', 30, 4, 0xbffe_f7ff, 0xb800_f000],
  ['armv7', 'Thumb BEQ.W', 51, 4, 0xaffe_f43f, 0x8000_f000],
  ['armv7', 'Thumb B', 102, 2, 0xe7fe, 0xe7ff],
  ['armv7', 'word', 2, 4, 0, 0],
  ['armv7', 'MOVW', 43, 4, 0xe300_0000, 0xe300_0000],
  ['armv7', 'MOVT', 44, 4, 0xe340_0000, 0xe340_0000],
  ['aarch64', 'B', 282, 4, 0x1400_0000, 0x1400_0001],
  ['aarch64', 'BL', 283, 4, 0x9400_0000, 0x9400_0001],
  ['aarch64', 'CBZ', 280, 4, 0xb400_0000, 0xb400_0020],
  ['aarch64', 'TBZ', 279, 4, 0x3600_0000, 0x3600_0020],
  ['aarch64', 'word', 257, 8, 0, 0],
] as const)('on %s an absent weak symbol: %s (type %i)', ([name, , type, bytes, before, after]) => {
  const arch = architectures[name];
  const result = linkSpec(
    arch,
    {
      addends: arch.addends,
      sections: [{ name: '.text', flags: X, bytes: littleEndian(bytes, before), align: 4 }],
      symbols: [{ name: 'w', binding: C.STB_WEAK }],
      relocations: [
        // RELA's addend of an x86 call.
        { section: '.text', offset: 0, type, symbol: 'w', addend: type === 4 ? -4 : 0 },
      ],
    },
    { bases: [0xbf00_0000n] },
  );
  if (after < 0 && BigInt(after) < -0x8000_0000n) {
    expect(!result.ok && result.problems).toMatchObject([{ kind: 'out-of-range' }]);
    return;
  }
  if (!result.ok) throw new Error(JSON.stringify(result.problems, (_, v) => String(v)));
  const found = result.value.segments[0]?.bytes.subarray(0, bytes) ?? [];
  expect([...found]).toEqual(littleEndian(bytes, after));
  expect(result.value.veneers.emitted).toEqual([]);
});

test('on amd64 a module in the last 2 GiB reaches an absent weak symbol at 0', () => {
  const image = linked(
    architectures.amd64,
    {
      addends: 'in-record',
      sections: [{ name: '.text', flags: X, bytes: [0, 0, 0, 0] }],
      symbols: [{ name: 'w', binding: C.STB_WEAK }],
      relocations: [{ section: '.text', offset: 0, type: 4, symbol: 'w', addend: -4 }],
    },
    { bases: [0xffff_ffff_c000_0000n] },
  );
  expect([...(image.segments[0]?.bytes ?? [])]).toEqual(littleEndian(4, 0x3fff_fffc));
});

describe.for(archNames)('%s: the bounds of a set', (name) => {
  const arch = architectures[name];
  const word = arch.wordBytes;
  const zeros = littleEndian(word, 0);

  function bounds(sections: readonly SectionSpec[], binding: number = C.STB_GLOBAL) {
    const symbols = ['__start_set_x', '__stop_set_x'];
    const relocations = symbols.map((symbol, i) => ({
      section: '.data',
      offset: i * word,
      type: wordType[name],
      symbol,
    }));
    const data = { name: '.data', flags: W, bytes: [...zeros, ...zeros], align: word };
    return linkSpec(
      arch,
      {
        addends: arch.addends,
        sections: [...sections, data],
        symbols: symbols.map((symbol) => ({ name: symbol, binding })),
        relocations,
      },
      { bases: sections.length > 0 ? [0x5000n, 0x6000n] : [0x6000n] },
    );
  }

  function found(...given: Parameters<typeof bounds>): readonly bigint[] {
    const result = bounds(...given);
    if (!result.ok) throw new Error('it does not link');
    return wordsOf(result.value, SEGMENT_DATA, word);
  }

  const entry = { name: 'set_x', bytes: zeros, align: word };

  test('of one section', () => {
    expect(found([entry])).toEqual([0x5000n, 0x5000n + BigInt(word)]);
  });

  test('of two sections with another between them', () => {
    const other = { name: '.rodata', bytes: zeros, align: word };
    expect(found([entry, other, entry])).toEqual([0x5000n, 0x5000n + 2n * BigInt(word)]);
  });

  test('of an empty section are the same', () => {
    const [start, stop] = found([
      { ...entry, bytes: [] },
      { name: '.text', flags: X, bytes: [1] },
    ]);
    expect(start).toBe(stop);
  });

  test('without a section are undefined symbols', () => {
    const result = bounds([]);
    expect(!result.ok && result.problems).toMatchObject([
      { kind: 'undefined-symbol', symbol: '__start_set_x' },
      { kind: 'undefined-symbol', symbol: '__stop_set_x' },
    ]);
  });

  test('without a section are 0 where weak, so that a loop over it ends', () => {
    expect(found([], C.STB_WEAK)).toEqual([0n, 0n]);
  });

  test('of a section that is not loaded are undefined symbols', () => {
    expect(
      bounds([
        { ...entry, flags: 0 },
        { name: '.text', flags: X, bytes: [1] },
      ]).ok,
    ).toBe(false);
  });
});
