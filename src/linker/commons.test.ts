// Common symbols, and COMDAT groups, as objects compiled with -fcommon or merged
// with ld -r have them.

import { describe, expect, test } from 'vitest';
import { type GroupSpec, littleEndian, type SymbolSpec } from '../../test/support/elf-writer.ts';
import {
  type AnySpec,
  type Given,
  linked,
  linkSpec,
  wordsOf,
  wordType,
} from '../../test/support/link-spec.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import { describeLinkProblem } from './problems.ts';
import { SEGMENT_DATA, SEGMENT_TEXT } from './segments.ts';

const X = C.SHF_ALLOC | C.SHF_EXECINSTR;
const W = C.SHF_ALLOC | C.SHF_WRITE;

const common = (name: string, size: number, align: number): SymbolSpec => ({
  name,
  section: 'COMMON',
  size,
  value: align,
  type: C.STT_OBJECT,
});

describe.for(archNames)('%s: common symbols', (name) => {
  const arch = architectures[name];
  const word = arch.wordBytes;
  const type = wordType[name];
  /** Three bytes of .data with .bss behind them. */
  const sections = [
    { name: '.data', flags: W, bytes: [1, 2, 3] },
    { name: '.bss', type: C.SHT_NOBITS, flags: W, size: 2, align: 1 },
  ];
  const link = (symbols: readonly SymbolSpec[]) =>
    linked(arch, { addends: arch.addends, sections, symbols }, { bases: [0x7000n] });

  test('get zeroed memory behind .bss, aligned, in the order of the symbol table', () => {
    const image = link([common('small', 1, 1), common('large', 0x20, 16), common('last', 4, 4)]);
    expect(image.symbols).toMatchObject([
      { name: 'small', address: 0x7005n, size: 1, section: 'COMMON', binding: C.STB_GLOBAL },
      { name: 'large', address: 0x7010n, size: 0x20, section: 'COMMON' },
      { name: 'last', address: 0x7030n, size: 4, section: 'COMMON' },
    ]);
    expect(image.segments).toMatchObject([{ kind: SEGMENT_DATA }]);
    const bytes = image.segments[0]?.bytes ?? new Uint8Array();
    expect([...bytes]).toEqual([1, 2, 3, ...new Array<number>(0x31).fill(0)]);
  });

  test('make a data segment where there is none', () => {
    const image = linked(arch, {
      addends: arch.addends,
      sections: [{ name: '.text', flags: X, bytes: littleEndian(word, 0), align: word }],
      symbols: [common('only', 8, 8)],
      relocations: [{ section: '.text', offset: 0, type, symbol: 'only' }],
    });
    expect(image.segments.map(({ kind, bytes }) => [kind, bytes.length])).toEqual([
      [SEGMENT_TEXT, word],
      [SEGMENT_DATA, 8],
    ]);
    expect(wordsOf(image, SEGMENT_TEXT, word)).toEqual([0x2_0000n]);
  });

  test('without an alignment are aligned to 1', () => {
    expect(link([common('s', 1, 0)]).symbols).toMatchObject([{ address: 0x7005n }]);
  });

  test.for([3, 0x1_8000])('with an alignment of %i are refused', (align) => {
    const result = linkSpec(arch, {
      addends: arch.addends,
      sections,
      symbols: [common('s', 1, align)],
    });
    const [problem] = result.ok ? [] : result.problems;
    if (!problem) throw new Error('accepted');
    expect(describeLinkProblem(problem, 'm.ko')).toBe(
      `m.ko: common symbol s has an alignment of ${align}, wanted a power of two up to 2^31`,
    );
  });

  test('count towards the limit of memory', () => {
    const symbols = [common('a', 0x900_0000, 1), common('b', 0x900_0000, 1)];
    const result = linkSpec(arch, { addends: arch.addends, sections, symbols });
    expect(!result.ok && result.problems).toMatchObject([{ kind: 'too-large' }]);
  });

  test('that are thread-local are refused', () => {
    const symbols = [{ ...common('t', 4, 4), type: C.STT_TLS }];
    const result = linkSpec(arch, { addends: arch.addends, sections, symbols });
    expect(!result.ok && result.problems).toMatchObject([{ kind: 'unsupported-symbol' }]);
  });
});

describe.for(archNames)('%s: a group twice in one object', (name) => {
  const arch = architectures[name];
  const word = arch.wordBytes;
  const zeros = littleEndian(word, 0);
  const type = wordType[name];
  const GX = X | C.SHF_GROUP;

  /** Two copies of f and what `from` holds for each of `to`. */
  function merged(to: readonly string[], more: Partial<AnySpec> & { from?: string } = {}) {
    const { from = '.data', ...others } = more;
    const groups: readonly GroupSpec[] = [
      { signature: 'f', members: ['one'] },
      { signature: 'f again', members: ['two'] },
    ];
    const spec: AnySpec = {
      addends: arch.addends,
      groups,
      sections: [
        { name: '.text.f', id: 'one', flags: GX, bytes: littleEndian(word, 0x11), align: word },
        { name: '.text.f', id: 'two', flags: GX, bytes: littleEndian(word, 0x22), align: word },
        { name: from, flags: W, bytes: to.flatMap(() => zeros), align: word },
      ],
      symbols: [
        { name: 'local', section: 'two', binding: C.STB_LOCAL },
        { name: 'f', section: 'one', size: word },
        { name: 'f', id: 'f again', section: 'two', size: word },
        { name: 'lost', section: 'two' },
        { name: 'weak', section: 'two', binding: C.STB_WEAK },
      ],
      relocations: [
        ...to.map((symbol, i) => ({ section: from, offset: i * word, type, symbol })),
        // Into the copy that is dropped: of no importance.
        { section: 'two', offset: 0, type: 222, symbol: 'lost' },
      ],
      ...others,
    };
    return (given: Given = {}) => linkSpec(arch, spec, { bases: [0x4000n, 0x6000n], ...given });
  }

  function image(...given: Parameters<typeof merged>) {
    const result = merged(...given)();
    if (!result.ok) throw new Error(result.problems.map((p) => describeLinkProblem(p, 'x')).join());
    return result.value;
  }

  test('is there once', () => {
    expect(wordsOf(image(['f']), SEGMENT_TEXT, word)).toEqual([0x11n]);
  });

  test('and both symbols mean the copy that was kept', () => {
    const linkedImage = image(['f', 'f again']);
    expect(wordsOf(linkedImage, SEGMENT_DATA, word)).toEqual([0x4000n, 0x4000n]);
    expect(linkedImage.symbols).toMatchObject([{ name: 'f', address: 0x4000n }]);
  });

  test('without GRP_COMDAT is there twice', () => {
    const groups = [{ signature: 'f', members: ['one', 'two'], flags: 0 }];
    const words = wordsOf(image(['f'], { groups, relocations: [] }), SEGMENT_TEXT, word);
    expect(words).toEqual([0x11n, 0x22n]);
  });

  test('a symbol only the dropped copy defines is looked up', () => {
    const known = { lost: { address: addr(0x1230) } };
    const result = merged(['lost'])({ known });
    expect(result.ok && wordsOf(result.value, SEGMENT_DATA, word)).toEqual([0x1230n]);
  });

  test('a symbol only the dropped copy defines is else undefined', () => {
    const result = merged(['lost', 'weak'])();
    expect(!result.ok && result.problems).toMatchObject([
      { kind: 'undefined-symbol', symbol: 'lost' },
    ]);
  });

  test('a local symbol of the dropped copy cannot be referred to', () => {
    const result = merged(['local'])();
    const [problem] = result.ok ? [] : result.problems;
    if (!problem) throw new Error('accepted');
    expect(problem).toMatchObject({ kind: 'discarded-section', signature: 'f' });
    expect(describeLinkProblem(problem, 'm.ko')).toContain('a copy of section .text.f that was');
  });

  test('but by the tables of unwinding, which lose what they say of it', () => {
    const words = wordsOf(image(['local'], { from: '.eh_frame' }), SEGMENT_DATA, word);
    expect(words).toEqual([0n]);
  });
});

describe.for(archNames)('%s: an object with 66,000 sections', (name) => {
  const arch = architectures[name];
  const word = arch.wordBytes;
  // Sections 0xfff1 and 0xfff2 have the numbers of SHN_ABS and SHN_COMMON.
  const wanted = [1, 0xfeff, 0xff00, 0xfff1, 0xfff2, 0xffff, 0x1_0000, 66_000];
  const sections = Array.from({ length: 66_000 }, (_, i) => ({
    name: `.rodata.${i + 1}`,
    bytes: [i & 0xff],
  }));

  test('links, and its symbols are where they should be', () => {
    const image = linked(
      arch,
      {
        addends: arch.addends,
        sections: [
          ...sections,
          {
            name: '.data',
            flags: W,
            bytes: wanted.flatMap(() => littleEndian(word, 0)),
            align: word,
          },
        ],
        symbols: wanted.map((index) => ({ name: `s${index}`, section: `.rodata.${index}` })),
        relocations: wanted.map((index, i) => ({
          section: '.data',
          offset: i * word,
          type: wordType[name],
          symbol: `s${index}`,
        })),
      },
      { bases: [0x10_0000n, 0x20_0000n] },
    );
    const expected = wanted.map((index) => 0x10_0000n + BigInt(index - 1));
    expect(wordsOf(image, SEGMENT_DATA, word)).toEqual(expected);
    expect(image.symbols.map(({ section }) => section)).toEqual(
      wanted.map((index) => `.rodata.${index}`),
    );
  });
});
