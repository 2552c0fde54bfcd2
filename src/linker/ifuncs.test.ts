// Indirect functions: where their stubs and slots lie, and who gets which address.

import { describe, expect, test } from 'vitest';
import { littleEndian, type SymbolSpec } from '../../test/support/elf-writer.ts';
import { linked, linkSpec, wordsOf, wordType } from '../../test/support/link-spec.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import * as C from '../object/elf/constants.ts';
import { IFUNC_LIMIT, IFUNC_SECTION } from './ifuncs.ts';
import { describeLinkProblem } from './problems.ts';
import { SEGMENT_DATA, SEGMENT_TEXT } from './segments.ts';

const TEXT = 0x1_0000n;
const DATA = 0x2_0000n;

const ifunc = (name: string, value: number): SymbolSpec => ({
  ...{ name, value, section: '.text', type: C.STT_GNU_IFUNC, size: 4 },
});

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const { addends, wordBytes, indirectStub } = arch;

  /** An object of 32 bytes of text, and of data that points to the symbols. */
  function imageOf(...symbols: readonly SymbolSpec[]) {
    const sections = [
      { name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: new Uint8Array(32), align: 16 },
      {
        ...{ name: '.data', flags: C.SHF_ALLOC | C.SHF_WRITE, align: wordBytes },
        bytes: symbols.flatMap(() => littleEndian(wordBytes, 0)),
      },
    ];
    const relocations = symbols.map((symbol, i) => ({
      ...{ section: '.data', offset: i * wordBytes, type: wordType[name], symbol: symbol.name },
    }));
    return linked(arch, { addends, sections, symbols, relocations });
  }

  test('a stub stands behind the code, and jumps by a slot behind the data', () => {
    const image = imageOf(ifunc('f', 8));
    const slot = DATA + BigInt(wordBytes);
    expect(image.ifuncs).toEqual([{ resolver: TEXT + 8n, slot }]);
    const text = image.segments.find(({ kind }) => kind === SEGMENT_TEXT)?.bytes;
    expect([...(text?.subarray(32) ?? [])]).toEqual(indirectStub.code(slot));
    expect(indirectStub.code(slot)).toHaveLength(indirectStub.bytes);
  });

  test('everybody gets the address of the stub', () => {
    const image = imageOf(ifunc('f', 8), { name: 'g', section: '.text', value: 8 });
    expect(wordsOf(image, SEGMENT_DATA, wordBytes).slice(0, 2)).toEqual([TEXT + 32n, TEXT + 8n]);
    expect(image.symbols.find((symbol) => symbol.name === 'f')).toMatchObject({
      ...{ address: TEXT + 32n, size: indirectStub.bytes, section: IFUNC_SECTION, thumb: false },
    });
  });

  test('names of one resolver share a stub, others have their own', () => {
    const image = imageOf(ifunc('f', 8), ifunc('g', 16), ifunc('h', 8));
    const [f, g, h] = wordsOf(image, SEGMENT_DATA, wordBytes);
    expect(image.ifuncs.map(({ resolver }) => resolver)).toEqual([TEXT + 8n, TEXT + 16n]);
    expect([h, g]).toEqual([f, TEXT + 32n + BigInt(indirectStub.bytes)]);
  });

  test('the slot is empty until the kernel fills it', () => {
    expect(wordsOf(imageOf(ifunc('f', 8)), SEGMENT_DATA, wordBytes)[1]).toBe(0n);
  });
});

test.for([
  ['i386', 42],
  ['amd64', 37],
  ['armv7', 160],
  ['aarch64', 1032],
] as const)('%s: R_*_IRELATIVE is refused by name', ([name, type]) => {
  const arch = architectures[name];
  const data = { name: '.data', flags: C.SHF_ALLOC | C.SHF_WRITE, bytes: new Uint8Array(8) };
  const relocations = [{ section: '.data', offset: 0, type }];
  const result = linkSpec(arch, { addends: arch.addends, sections: [data], relocations });
  const problem = result.ok ? undefined : result.problems[0];
  expect(problem && describeLinkProblem(problem, 'x')).toMatch(/_IRELATIVE .*dynamic linker/);
});

test.for([IFUNC_LIMIT, IFUNC_LIMIT + 1])('%i of them are within the limit, or not', (count) => {
  const arch = architectures.i386;
  const text = { name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: [0] };
  const symbols = Array.from({ length: count }, (_, i) => ifunc(`f${i}`, 0));
  const result = linkSpec(arch, { addends: arch.addends, sections: [text], symbols });
  const problems = result.ok ? [] : result.problems;
  const problem = { kind: 'too-many-ifuncs', limit: IFUNC_LIMIT };
  expect(problems).toEqual(count > IFUNC_LIMIT ? [problem] : []);
});

test('a Thumb resolver keeps bit 0, and its stub is ARM code', () => {
  const arch = architectures.armv7;
  const text = { name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: new Uint8Array(8) };
  const symbols = [ifunc('f', 5)];
  const image = linked(arch, { addends: arch.addends, sections: [text], symbols });
  expect(image.ifuncs).toMatchObject([{ resolver: TEXT + 5n }]);
  expect(image.symbols).toMatchObject([{ name: 'f', address: TEXT + 8n, thumb: false }]);
});

/** Whether a veneer is reserved for a branch of this type to `f` of `.text`. */
test.for([
  ['ARM BL', '.text', 28, 0],
  ['Thumb BL, which becomes BLX', '.text', 10, 0],
  ['Thumb B.W, which cannot', '.text', 30, 1],
  ['ARM BL of init code', '.init.text', 28, 1],
] as const)('a veneer for %s in %s', ([, section, type, reserved]) => {
  const arch = architectures.armv7;
  const flags = C.SHF_ALLOC | C.SHF_EXECINSTR;
  const bytes = type === 28 ? [0xfe, 0xff, 0xff, 0xeb] : [0xff, 0xf7, 0xfe, 0xff];
  if (type === 30) bytes[3] = 0xbf;
  const image = linked(arch, {
    addends: arch.addends,
    sections: [
      { name: '.text', flags, bytes: [...bytes, 0, 0, 0, 0], align: 4 },
      { name: '.init.text', flags, bytes, align: 4 },
    ],
    symbols: [ifunc('f', 4)],
    relocations: [{ section, offset: 0, type, symbol: 'f' }],
  });
  expect(image.veneers).toMatchObject({ reserved });
  expect(image.veneers.emitted).toHaveLength(type === 30 ? 1 : 0);
});
