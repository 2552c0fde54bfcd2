// The reader believes nothing: every field that is wrong is refused with its
// place, and no file, however damaged, makes it throw.

import { describe, expect, test } from 'vitest';
import {
  cStringBytes,
  type ElfSpec,
  littleEndian,
  writeElf,
} from '../../../test/support/elf-writer.ts';
import * as C from './constants.ts';
import { contentOf } from './model.ts';
import { describeElfProblem, type ElfProblem } from './problems.ts';
import { readElf } from './reader.ts';

const rela64: ElfSpec = {
  wordBytes: 8,
  machine: C.EM_X86_64,
  addends: 'in-record',
  sections: [
    {
      name: '.text',
      flags: C.SHF_ALLOC | C.SHF_EXECINSTR,
      bytes: littleEndian(8, 1, 2),
      align: 16,
    },
    { name: '.rodata', bytes: cStringBytes('hello') },
    { name: '.bss', type: C.SHT_NOBITS, flags: C.SHF_ALLOC | C.SHF_WRITE, size: 0x100, align: 8 },
  ],
  symbols: [
    { name: 'local', section: '.rodata', value: 1, binding: C.STB_LOCAL, type: C.STT_OBJECT },
    { name: 'function', section: '.text', value: 4, size: 12, type: C.STT_FUNC },
    { name: 'absolute', section: 'ABS', value: 0xffff_ffff_ffff_fff0n },
    { name: 'missing' },
  ],
  relocations: [
    { section: '.text', offset: 4, type: 2, symbol: 'missing', addend: -4 },
    { section: '.text', offset: 8, type: 1, symbol: 'function', addend: 0x1_0000_0000n },
  ],
};
const rel32: ElfSpec = {
  ...rela64,
  wordBytes: 4,
  machine: C.EM_ARM,
  addends: 'in-place',
  symbols: (rela64.symbols ?? []).map((symbol) =>
    symbol.section === 'ABS' ? { ...symbol, value: 0xffff_fff0 } : symbol,
  ),
};
const specs = [
  ['ELF64 RELA', rela64],
  ['ELF32 REL', rel32],
  ['ELF64 REL', { ...rela64, addends: 'in-place' }],
  ['ELF32 RELA', { ...rel32, addends: 'in-record' }],
] as const;

function problemsIn(bytes: Uint8Array): readonly ElfProblem[] {
  const result = readElf(bytes);
  return result.ok ? [] : result.problems;
}

/** The file with `bytes` (a little-endian number) at `offset`. */
function patched(file: Uint8Array, offset: number, size: 1 | 2 | 4 | 8, value: number | bigint) {
  const copy = file.slice();
  copy.set(littleEndian(size, value), offset);
  return copy;
}

/** Where the header of section `index` stands. */
function headerOf(file: Uint8Array, index: number): number {
  const view = new DataView(file.buffer, file.byteOffset);
  return file[4] === C.ELFCLASS64
    ? view.getUint32(40, true) + index * 64
    : view.getUint32(32, true) + index * 40;
}

describe.for(specs)('%s', ([, spec]) => {
  const file = writeElf(spec);
  const result = readElf(file);
  if (!result.ok) throw new Error(result.problems.map(describeElfProblem).join('\n'));
  const object = result.value;

  test('has its sections', () => {
    const seen = object.sections.slice(1, 4).map(({ name, size, align }) => [name, size, align]);
    expect(seen).toEqual([
      ['.text', 16, 16],
      ['.rodata', 6, 1],
      ['.bss', 0x100, 8],
    ]);
  });

  test('has content, but none for NOBITS', () => {
    const [, text, rodata, bss] = object.sections;
    if (!text || !rodata || !bss) throw new Error('sections are missing');
    expect([...contentOf(object, text)]).toEqual(littleEndian(8, 1, 2));
    expect([...contentOf(object, rodata)]).toEqual(cStringBytes('hello'));
    expect(contentOf(object, bss)).toHaveLength(0);
  });

  test('has its symbols', () => {
    const { symbols } = object;
    const seen = Array.from({ length: symbols.count }, (_, i) => [
      symbols.nameAt(i),
      symbols.sectionAt(i),
      symbols.valueAt(i),
      symbols.sizeAt(i),
      symbols.bindingAt(i),
      symbols.typeAt(i),
    ]);
    const minus16 = BigInt.asUintN(spec.wordBytes * 8, -16n);
    expect(seen).toEqual([
      ['', 0, 0n, 0, C.STB_LOCAL, C.STT_NOTYPE],
      ['local', 2, 1n, 0, C.STB_LOCAL, C.STT_OBJECT],
      ['function', 1, 4n, 12, C.STB_GLOBAL, C.STT_FUNC],
      ['absolute', C.SHN_ABS, minus16, 0, C.STB_GLOBAL, C.STT_NOTYPE],
      ['missing', C.SHN_UNDEF, 0n, 0, C.STB_GLOBAL, C.STT_NOTYPE],
    ]);
  });

  test('has its relocations', () => {
    const [table] = object.relocations;
    if (!table) throw new Error('relocations are missing');
    expect(table.target.name).toBe('.text');
    expect(table.addends).toBe(spec.addends);
    const big = spec.wordBytes === 8 ? 0x1_0000_0000n : 0n;
    const addends = spec.addends === 'in-record' ? [-4n, big] : [0n, 0n];
    const seen = Array.from({ length: table.count }, (_, i) => [
      table.offsetAt(i),
      table.typeAt(i),
      table.symbolAt(i),
      table.addendAt(i),
    ]);
    expect(seen).toEqual([
      [4, 2, 4, addends[0]],
      [8, 1, 2, addends[1]],
    ]);
  });

  test('cut off anywhere, it is refused and not thrown at', () => {
    for (let length = 0; length < file.length; length++) {
      const problems = problemsIn(file.subarray(0, length));
      expect(problems.length, `cut to ${length} bytes`).toBeGreaterThan(0);
      for (const problem of problems)
        expect(describeElfProblem(problem)).not.toContain('undefined');
    }
  });

  test('no wrong byte anywhere makes it throw', () => {
    for (let offset = 0; offset < file.length; offset++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const copy = file.slice();
        copy[offset] = (copy[offset] ?? 0) ^ flip;
        for (const problem of problemsIn(copy)) expect(describeElfProblem(problem)).not.toBe('');
      }
    }
  });
});

describe('the file header', () => {
  const file = writeElf(rela64);

  test.for([
    ['another magic', patched(file, 0, 4, 0x12345678), { kind: 'not-elf' }],
    ['no bytes at all', new Uint8Array(), { kind: 'too-short', found: 0 }],
    [
      'class 3',
      patched(file, C.EI_CLASS, 1, 3),
      { kind: 'bad-header', field: 'EI_CLASS', found: 3 },
    ],
    ['big-endian data', patched(file, C.EI_DATA, 1, C.ELFDATA2MSB), { kind: 'big-endian' }],
    ['no data encoding', patched(file, C.EI_DATA, 1, 0), { kind: 'bad-header', field: 'EI_DATA' }],
    ['ET_CORE', patched(file, 16, 2, 4), { kind: 'wrong-type', found: 4 }],
    ['ET_DYN and nothing to load', patched(file, 16, 2, 3), { kind: 'no-dynamic' }],
    ['e_version 2', patched(file, 20, 4, 2), { kind: 'bad-header', field: 'e_version' }],
    ['e_ehsize 52', patched(file, 52, 2, 52), { kind: 'bad-header', field: 'e_ehsize', found: 52 }],
    ['e_shentsize 40', patched(file, 58, 2, 40), { kind: 'bad-header', field: 'e_shentsize' }],
    ['e_shnum 0', patched(file, 60, 2, 0), { kind: 'no-sections' }],
    ['e_shstrndx beyond', patched(file, 62, 2, 100), { kind: 'bad-header', field: 'e_shstrndx' }],
    ['e_shoff 2^63', patched(file, 40, 8, 1n << 63n), { kind: 'outside-file' }],
  ] as const)('with %s is refused', ([, bytes, problem]) => {
    expect(problemsIn(bytes)).toContainEqual(expect.objectContaining(problem));
  });

  test('reports what is wrong in it all at once', () => {
    const twice = patched(patched(file, 16, 2, 4), 20, 4, 2);
    expect(problemsIn(twice).map(({ kind }) => kind)).toEqual(['wrong-type', 'bad-header']);
  });

  test('a wrong machine is the caller’s business', () => {
    const result = readElf(patched(file, 18, 2, 8));
    expect(result.ok && result.value.machine).toBe(8);
  });
});

describe('sections, symbols and relocations', () => {
  const file = writeElf(rela64);
  const text = headerOf(file, 1);
  const rela = headerOf(file, 4);
  const symtab = headerOf(file, 5);
  const contentAt = (header: number): number =>
    new DataView(file.buffer).getUint32(header + 24, true);

  test.for([
    ['sh_offset + sh_size beyond the file', text + 32, 8, 1n << 33n, { kind: 'outside-file' }],
    ['sh_addralign 3', text + 48, 8, 3, { kind: 'bad-section', field: 'sh_addralign', found: 3 }],
    ['sh_link beyond', text + 40, 4, 99, { kind: 'bad-section', field: 'sh_link', found: 99 }],
    ['a name beyond the strings', text, 4, 0xffff, { kind: 'bad-name', of: 'section', index: 1 }],
    ['.bss of 2^40 bytes', headerOf(file, 3) + 32, 8, 1n << 40n, { kind: 'too-large' }],
    ['section 0 not null', headerOf(file, 0) + 4, 4, 1, { kind: 'bad-section', field: 'sh_type' }],
    ['symbol sh_entsize 16', symtab + 56, 8, 16, { kind: 'bad-section', field: 'sh_entsize' }],
    ['symbol sh_info beyond', symtab + 44, 4, 99, { kind: 'bad-section', field: 'sh_info' }],
    ['symbol sh_link not strings', symtab + 40, 4, 1, { kind: 'bad-section', field: 'sh_link' }],
    [
      'st_name beyond',
      contentAt(symtab) + 24,
      4,
      9999,
      { kind: 'bad-name', of: 'symbol', index: 1 },
    ],
    ['st_shndx beyond', contentAt(symtab) + 30, 2, 99, { kind: 'bad-symbol-section', index: 1 }],
    [
      'SHN_XINDEX without a table',
      contentAt(symtab) + 30,
      2,
      C.SHN_XINDEX,
      { kind: 'no-symtab-shndx', index: 1 },
    ],
    [
      'SHN_X86_64_LCOMMON',
      contentAt(symtab) + 30,
      2,
      0xff02,
      {
        kind: 'reserved-symbol-section',
        symbol: 'local',
        found: 0xff02,
        name: 'SHN_X86_64_LCOMMON',
      },
    ],
    [
      'a reserved st_shndx',
      contentAt(symtab) + 30,
      2,
      0xff03,
      { kind: 'reserved-symbol-section', name: undefined },
    ],
    ['.text in .rodata', text + 24, 8, contentAt(headerOf(file, 2)), { kind: 'overlap' }],
    ['.text in the file header', text + 24, 8, 8, { kind: 'overlap', first: 'the file header' }],
    ['rela sh_entsize 16', rela + 56, 8, 16, { kind: 'bad-section', field: 'sh_entsize' }],
    ['rela sh_info 0', rela + 44, 4, 0, { kind: 'bad-section', field: 'sh_info' }],
    ['rela sh_info .bss', rela + 44, 4, 3, { kind: 'bad-section', field: 'sh_info' }],
    ['rela sh_link not symbols', rela + 40, 4, 1, { kind: 'bad-section', field: 'sh_link' }],
    ['r_offset beyond', contentAt(rela), 8, 17, { kind: 'bad-relocation-offset', found: 17 }],
    ['r_sym beyond', contentAt(rela) + 12, 4, 5, { kind: 'bad-relocation-symbol', found: 5 }],
  ] as const)('%s is refused', ([, offset, size, value, problem]) => {
    const found = problemsIn(patched(file, offset, size, value));
    expect(found).toContainEqual(expect.objectContaining(problem));
  });

  test('sh_addralign 0 means 1', () => {
    const result = readElf(patched(file, text + 48, 8, 0));
    expect(result.ok && result.value.sections[1]?.align).toBe(1);
  });

  test('strings that do not end in NUL are refused', () => {
    const strtab = headerOf(file, 6);
    const end = contentAt(strtab) + new DataView(file.buffer).getUint32(strtab + 32, true);
    expect(problemsIn(patched(file, end - 1, 1, 0x41))).toContainEqual(
      expect.objectContaining({ kind: 'unterminated-strings' }),
    );
  });

  test('many problems of one section are counted, not listed', () => {
    const relocations = Array.from({ length: 100 }, () => ({
      section: '.text',
      offset: 99,
      type: 1,
    }));
    const problems = problemsIn(writeElf({ ...rela64, relocations }));
    expect(problems).toHaveLength(17);
    expect(problems.at(-1)).toMatchObject({ kind: 'more', count: 84 });
  });
});

describe('names that share their bytes', () => {
  // 70,000 symbols of 1,000 bytes each: 70 MB of names in a file of 1.7 MB.
  const name = 'n'.repeat(1000);
  const symbols = Array.from({ length: 70_000 }, () => ({ name: '', section: 'ABS' }));
  const file = writeElf({
    ...rela64,
    symbols: [{ name, section: 'ABS' }, ...symbols],
    relocations: [],
  });
  const symtab = headerOf(file, 4);
  const view = new DataView(file.buffer);
  const start = view.getUint32(symtab + 24, true);
  for (let i = 1; i <= symbols.length + 1; i++) view.setUint32(start + i * 24, 1, true);

  test('are refused when they are too much for memory', () => {
    expect(problemsIn(file)).toEqual([expect.objectContaining({ kind: 'names-too-long' })]);
  });

  test('are accepted up to there', () => {
    const fewer = file.slice();
    new DataView(fewer.buffer).setBigUint64(symtab + 32, BigInt(60_000 * 24), true);
    expect(problemsIn(fewer)).toEqual([]);
  });
});

test('a signed module is recognised and needs no stripping', () => {
  const trailer = new TextEncoder().encode('PKCS#7~Module signature appended~\n');
  const result = readElf(writeElf({ ...rela64, trailer }));
  expect(result.ok && result.value.signed).toBe(true);
  const unsigned = readElf(writeElf(rela64));
  expect(unsigned.ok && unsigned.value.signed).toBe(false);
});

test('an executable has segments', () => {
  // ELF32 with one program header and no sections.
  const file = Uint8Array.from([
    ...[0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...littleEndian(2, C.ET_EXEC, C.EM_386),
    ...littleEndian(4, 1, 0xc010_0000, 52, 0, 0),
    ...littleEndian(2, 52, 32, 1, 0, 0, 0),
    ...littleEndian(4, C.PT_LOAD, 84, 0xc010_0000, 0x10_0000, 4, 0x1000, 5, 0x1000),
    ...[1, 2, 3, 4],
  ]);
  const result = readElf(file);
  if (!result.ok) throw new Error(result.problems.map(describeElfProblem).join('\n'));
  expect(result.value.entry).toBe(0xc010_0000n);
  expect(result.value.segments).toEqual([
    {
      type: C.PT_LOAD,
      offset: 84,
      vaddr: 0xc010_0000n,
      paddr: 0x10_0000n,
      filesz: 4,
      memsz: 0x1000,
      flags: 5,
      align: 0x1000,
    },
  ]);
  expect(problemsIn(file.subarray(0, 87))).toMatchObject([{ kind: 'outside-file' }]);
  expect(problemsIn(patched(file, 52 + 20, 4, 3))).toMatchObject([{ kind: 'bad-segment' }]);
});
