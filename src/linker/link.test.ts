// Linking as a whole: symbols, sets, addends, and every failure with its place.

import { describe, expect, test } from 'vitest';
import {
  littleEndian,
  type RelocationSpec,
  type SymbolSpec,
} from '../../test/support/elf-writer.ts';
import { type Given, linked, linkSpec, wordType } from '../../test/support/link-spec.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import { describeLinkProblem } from './problems.ts';

const X = C.SHF_ALLOC | C.SHF_EXECINSTR;
const W = C.SHF_ALLOC | C.SHF_WRITE;

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const type = wordType[name];
  const word = arch.wordBytes;
  const zeros = littleEndian(word, 0);

  /** One word in .data for each symbol named, pointing at it. */
  function pointers(symbols: readonly SymbolSpec[], to: readonly string[], given: Given = {}) {
    const relocations = to.map((symbol, i) => ({
      section: '.data',
      offset: i * word,
      type,
      symbol,
    }));
    return linkSpec(
      arch,
      {
        addends: arch.addends,
        sections: [
          { name: '.text', flags: X, bytes: littleEndian(4, 1, 2, 3, 4), align: 4 },
          { name: '.data', flags: W, bytes: to.flatMap(() => zeros), align: word },
          { name: 'link_set_modules', bytes: [...zeros, ...zeros], align: word },
          { name: '.comment', flags: 0, bytes: [1] },
        ],
        symbols,
        relocations,
      },
      given,
    );
  }

  function pointed(symbols: readonly SymbolSpec[], to: readonly string[], given: Given = {}) {
    const result = pointers(symbols, to, given);
    if (!result.ok)
      throw new Error(result.problems.map((p) => describeLinkProblem(p, 'x')).join('\n'));
    const data = result.value.segments.find(({ kind }) => kind === 2);
    if (!data) throw new Error('no data segment');
    const view = new DataView(data.bytes.buffer);
    const at = (i: number) =>
      word === 8 ? view.getBigUint64(i * 8, true) : BigInt(view.getUint32(i * 4, true));
    return { image: result.value, values: to.map((_, i) => at(i)) };
  }

  test('offsets of symbols count to their last bit, however large', () => {
    const offsets = [0, 1, 0xffff_ffff, 0x1_0000_0000, 2 ** 51 - 1, 2 ** 51, 2 ** 52 - 1, 2 ** 52]
      .map((offset) => BigInt.asUintN(word * 8, BigInt(offset)))
      .concat(BigInt.asUintN(word * 8, -1n));
    const symbols = offsets.map((value, i) => ({ name: `s${i}`, section: '.text', value }));
    const { values } = pointed(
      symbols,
      symbols.map((each) => each.name),
    );
    expect(values).toEqual(offsets.map((offset) => BigInt.asUintN(word * 8, 0x1_0000n + offset)));
  });

  test('a symbol is its section’s address plus its value', () => {
    const { values } = pointed([{ name: 'f', section: '.text', value: 8 }], ['f'], {
      bases: [0x40_0000n],
    });
    expect(values).toEqual([0x40_0008n]);
  });

  test('an absolute symbol stays where it is', () => {
    expect(pointed([{ name: 'a', section: 'ABS', value: 0x1234 }], ['a']).values).toEqual([
      0x1234n,
    ]);
  });

  test('an undefined symbol is looked up, and its provider remembered', () => {
    const known = { printf: { address: addr(0x1230), provider: 7 } };
    const { values, image } = pointed([{ name: 'printf' }], ['printf', 'printf'], { known });
    expect(values).toEqual([0x1230n, 0x1230n]);
    expect(image.providers).toEqual([7]);
    expect(image.relocations).toBe(2);
  });

  test('a weak undefined symbol is 0', () => {
    expect(pointed([{ name: 'w', binding: C.STB_WEAK }], ['w']).values).toEqual([0n]);
  });

  test('a weak undefined symbol that somebody defines is that', () => {
    const known = { w: { address: addr(0x10) } };
    expect(pointed([{ name: 'w', binding: C.STB_WEAK }], ['w'], { known }).values).toEqual([0x10n]);
  });

  test('an undefined symbol that nothing uses is not missed', () => {
    expect(pointers([{ name: 'unused' }], []).ok).toBe(true);
  });

  test('the bounds of a set are made up', () => {
    const symbols = [{ name: '__start_link_set_modules' }, { name: '__stop_link_set_modules' }];
    const { values, image } = pointed(
      symbols,
      symbols.map(({ name }) => name),
      { bases: [0n, 0x5000n] },
    );
    expect(values).toEqual([0x5000n, 0x5000n + 2n * BigInt(word)]);
    expect(image.sets).toEqual([{ name: 'link_set_modules', start: values[0], stop: values[1] }]);
    expect(image.sectionAddress('link_set_modules')).toBe(0x5000n);
    expect(image.sectionAddress('.comment')).toBeUndefined();
  });

  test('every undefined symbol is reported, with its first use and a guess', () => {
    const symbols = [{ name: 'prinft' }, { name: 'zzz' }];
    const exports = ['printf', 'sprintf', 'kmalloc'];
    const result = pointers(symbols, ['zzz', 'prinft', 'zzz'], { exports });
    expect(!result.ok && result.problems).toMatchObject([
      {
        kind: 'undefined-symbol',
        symbol: 'prinft',
        uses: 1,
        first: { section: '.data', offset: word, symbol: 'prinft' },
      },
      { kind: 'undefined-symbol', symbol: 'zzz', uses: 2, first: { offset: 0 }, nearest: [] },
    ]);
  });

  test.for([
    [
      'thread-local',
      { name: 's', section: '.data', type: C.STT_TLS },
      { kind: 'unsupported-symbol' },
    ],
    [
      'indirect and absolute',
      { name: 's', section: 'ABS', type: C.STT_GNU_IFUNC },
      { kind: 'unsupported-symbol' },
    ],
    [
      'unloaded',
      { name: 's', section: '.comment' },
      { kind: 'unloaded-section', symbolSection: '.comment' },
    ],
  ] as const)('a symbol that is %s is refused', ([, symbol, problem]) => {
    const result = pointers([symbol], ['s']);
    expect(!result.ok && result.problems).toMatchObject([problem]);
  });

  function oneWord(relocation: Omit<RelocationSpec, 'section' | 'symbol'>) {
    const symbols = [{ name: 's', section: '.data' }];
    const sections = [{ name: '.data', flags: W, bytes: zeros }];
    const relocations = [{ section: '.data', symbol: 's', ...relocation }];
    return linkSpec(arch, { addends: arch.addends, sections, symbols, relocations });
  }

  test('a relocation at the very end of its section is refused', () => {
    const result = oneWord({ offset: word - 1, type });
    expect(!result.ok && result.problems).toMatchObject([
      { kind: 'outside-section', bytes: word, sectionBytes: word },
    ]);
  });

  test('a relocation nobody defined is refused by number', () => {
    const result = oneWord({ offset: 0, type: 222 });
    const [problem] = result.ok ? [] : result.problems;
    if (!problem) throw new Error('accepted');
    expect(describeLinkProblem(problem, 'm.ko')).toContain('relocation type 222');
  });

  test('sections that are not loaded are not relocated', () => {
    const image = linked(arch, {
      addends: arch.addends,
      sections: [{ name: '.debug_info', flags: 0, bytes: zeros }],
      symbols: [{ name: 'missing' }],
      relocations: [{ section: '.debug_info', offset: 0, type: 222, symbol: 'missing' }],
    });
    expect(image.relocations).toBe(0);
  });

  test('symbols that name nothing are left out', () => {
    const local = { section: '.text', binding: C.STB_LOCAL };
    const { image } = pointed(
      [
        { name: 'function', section: '.text', value: 4, size: 8, type: C.STT_FUNC },
        { ...local, name: '$a' },
        { ...local, name: '$d.1' },
        { ...local, name: '', type: C.STT_SECTION },
        { ...local, name: 'file.c', section: 'ABS', type: C.STT_FILE },
        { ...local, name: '$price' },
        { name: 'absolute', section: 'ABS', value: 5 },
      ],
      ['absolute'],
      { bases: [0x1000n] },
    );
    expect(image.symbols.map((symbol) => [symbol.name, symbol.address, symbol.section])).toEqual([
      ['$price', 0x1000n, '.text'],
      ['function', 0x1004n, '.text'],
      ['absolute', 5n, undefined],
    ]);
  });
});

describe('what is said about', () => {
  test.for([
    ['i386', 38, 'R_386_SIZE32 (38) to s: is not produced by compilers for kernel code'],
    ['i386', 18, 'R_386_TLS_GD (18) to s: thread-local storage has no meaning'],
    ['amd64', 19, 'R_X86_64_TLSGD (19) to s: thread-local storage has no meaning'],
    ['armv7', 104, 'R_ARM_TLS_GD32 (104) to s: thread-local storage has no meaning'],
    ['armv7', 20, 'R_ARM_COPY (20) to s: copies a variable out of a shared library'],
    ['aarch64', 541, 'R_AARCH64_TLS* (541) to s: thread-local storage has no meaning'],
    ['aarch64', 1027, 'R_AARCH64_RELATIVE (1027) to s: belongs to the dynamic linker'],
  ] as const)('%s type %i: %s', ([name, type, sentence]) => {
    const arch = architectures[name];
    const result = linkSpec(arch, {
      addends: arch.addends,
      sections: [{ name: '.text', flags: X, bytes: [0, 0, 0, 0, 0, 0, 0, 0] }],
      symbols: [{ name: 's', section: '.text' }],
      relocations: [{ section: '.text', offset: 4, type, symbol: 's' }],
    });
    const [problem] = result.ok ? [] : result.problems;
    if (!problem) throw new Error('accepted');
    expect(describeLinkProblem(problem, 'm.ko')).toContain(`m.ko: .text+0x4: ${sentence}`);
  });

  test('a branch too far: the place, the value, the limits and by how much', () => {
    const arch = architectures.aarch64;
    const result = linkSpec(
      arch,
      {
        addends: 'in-record',
        sections: [{ name: '.text', flags: X, bytes: littleEndian(4, 0x9400_0000), align: 4 }],
        symbols: [{ name: 'far' }],
        relocations: [{ section: '.text', offset: 0, type: 283, symbol: 'far' }],
      },
      {
        bases: [0x1000_0000n],
        known: { far: { address: addr(0x1800_0000) } },
        options: { veneers: false },
      },
    );
    const [problem] = result.ok ? [] : result.problems;
    if (!problem) throw new Error('accepted');
    expect(describeLinkProblem(problem, 'm.ko')).toBe(
      'm.ko: .text+0x0: R_AARCH64_CALL26 (283) to far: S + A - P = 0x8000000, wanted ' +
        '-0x8000000..0x7fffffc, out of range by 0x4 bytes; the symbol is too far away for this ' +
        'instruction or word',
    );
  });
});

test('a Thumb function is known by bit 0 of its value', () => {
  const arch = architectures.armv7;
  const image = linked(arch, {
    addends: 'in-place',
    sections: [
      { name: '.text', flags: X, bytes: littleEndian(4, 0xebff_fffe, 0), align: 4 },
      { name: '.data', flags: W, bytes: [0, 0, 0, 0], align: 4 },
    ],
    symbols: [{ name: 't', section: '.text', value: 5, type: C.STT_FUNC }],
    relocations: [
      { section: '.text', offset: 0, type: 28, symbol: 't' },
      { section: '.data', offset: 0, type: 2, symbol: 't' },
    ],
  });
  expect(image.symbols).toMatchObject([{ name: 't', address: 0x1_0004n, thumb: true }]);
  expect([...(image.segments[0]?.bytes ?? [])].slice(0, 4)).toEqual(littleEndian(4, 0xfaff_ffff));
  expect([...(image.segments[1]?.bytes ?? [])]).toEqual(littleEndian(4, 0x1_0005));
});
