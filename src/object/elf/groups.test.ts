// Section groups, and files with more sections than st_shndx can number.

import { describe, expect, test } from 'vitest';
import { type ElfSpec, type GroupSpec, writeElf } from '../../../test/support/elf-writer.ts';
import * as C from './constants.ts';
import { describeElfProblem } from './problems.ts';
import { readElf } from './reader.ts';

const X = C.SHF_ALLOC | C.SHF_EXECINSTR | C.SHF_GROUP;
const spec: ElfSpec = {
  wordBytes: 8,
  machine: C.EM_X86_64,
  addends: 'in-record',
  sections: [
    { name: '.text.f', id: 'first', flags: X, bytes: [1, 1, 1, 1] },
    { name: '.text.f', id: 'second', flags: X, bytes: [2, 2, 2, 2] },
    { name: '.text.g', flags: X, bytes: [3, 3, 3, 3] },
  ],
  symbols: [
    { name: 'f', section: 'first' },
    { name: 'f', id: 'again', section: 'second' },
    { name: 'g', section: '.text.g' },
    { name: '', id: 'of section', section: '.text.g', type: C.STT_SECTION, binding: C.STB_LOCAL },
    { name: '', id: 'nameless' },
  ],
  relocations: [
    { section: 'first', offset: 0, type: 2, symbol: 'g' },
    { section: 'second', offset: 0, type: 2, symbol: 'g' },
  ],
};

function readWith(groups: readonly GroupSpec[]) {
  return readElf(writeElf({ ...spec, groups }));
}

function read(groups: readonly GroupSpec[]) {
  const result = readWith(groups);
  if (!result.ok) throw new Error(result.problems.map(describeElfProblem).join('\n'));
  return result.value;
}

/** By index of the section in the file, without the null section and the groups. */
function discardedBy(...groups: readonly GroupSpec[]) {
  const object = read(groups);
  return object.sections.slice(1 + groups.length, 4 + groups.length).map((s) => s.discarded);
}

describe('of two groups', () => {
  test('with one signature the second is discarded, with its relocations', () => {
    const groups = [
      { signature: 'f', members: ['first'] },
      { signature: 'again', members: ['second'] },
    ];
    expect(discardedBy(...groups)).toEqual([undefined, 'f', undefined]);
    const object = read(groups);
    expect(object.relocations.map(({ target }) => target.index)).toEqual([3]);
    expect(object.groups).toMatchObject([
      { signature: 'f', comdat: true, members: [3] },
      { signature: 'f', comdat: true, members: [4] },
    ]);
  });

  test.for([
    ['different signatures', 'g', C.GRP_COMDAT],
    ['one signature but no GRP_COMDAT', 'again', 0],
  ] as const)('with %s both are kept', ([, signature, flags]) => {
    const second = { signature, flags, members: ['second'] };
    expect(discardedBy({ signature: 'f', members: ['first'] }, second)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a section symbol stands for its section’s name', () => {
    expect(read([{ signature: 'of section', members: ['.text.g'] }]).groups).toMatchObject([
      { signature: '.text.g' },
    ]);
  });

  test('flags of an operating system are nobody’s business', () => {
    const flags = 0x0010_0001;
    expect(read([{ signature: 'f', flags, members: ['first'] }]).groups).toMatchObject([
      { comdat: true },
    ]);
  });
});

describe('a group is refused', () => {
  test.for([
    ['with a member that is not there', [99], { kind: 'bad-group-member', found: 99 }],
    ['with the null section', [0], { kind: 'bad-group-member', found: 0 }],
    ['with itself', [1], { kind: 'bad-group-member', wanted: 'a section that is no group' }],
    ['with a member twice', ['first', 'first'], { kind: 'bad-group-member', index: 1 }],
  ] as const)('%s', ([, members, problem]) => {
    const result = readWith([{ signature: 'f', members }]);
    expect(!result.ok && result.problems).toMatchObject([problem]);
  });

  test('with a member of another', () => {
    const result = readWith([
      { signature: 'f', members: ['first'] },
      { signature: 'g', members: ['first'] },
    ]);
    expect(!result.ok && result.problems).toMatchObject([{ kind: 'bad-group-member', index: 0 }]);
  });

  test('with flags nobody defined', () => {
    const result = readWith([{ signature: 'f', flags: 3, members: ['first'] }]);
    expect(!result.ok && result.problems).toMatchObject([
      { kind: 'bad-section', field: 'the flag word', found: 3 },
    ]);
  });

  test('without a name', () => {
    const result = readWith([{ signature: 'nameless', members: ['first'] }]);
    expect(!result.ok && result.problems).toMatchObject([
      { kind: 'bad-section', field: 'sh_info' },
    ]);
  });

  const file = writeElf({ ...spec, groups: [{ signature: 'f', members: ['first'] }] });
  const header = new DataView(file.buffer).getUint32(40, true) + 64;
  test.for([
    ['sh_link', 40, 0],
    ['sh_link', 40, 2],
    ['sh_info', 44, 0],
    ['sh_info', 44, 99],
    ['sh_entsize', 56, 8],
    ['sh_size', 32, 0],
    ['sh_size', 32, 6],
  ] as const)('with %s at %i of its header %i', ([field, at, value]) => {
    const bad = file.slice();
    new DataView(bad.buffer).setUint32(header + at, value, true);
    const result = readElf(bad);
    expect(!result.ok && result.problems).toContainEqual(
      expect.objectContaining({ kind: 'bad-section', field }),
    );
  });
});

describe.for([8, 4] as const)('more than 65,279 sections of words of %i bytes', (wordBytes) => {
  const many = 65_600;
  const names = Array.from({ length: many }, (_, i) => `.data.${i}`);
  // Section i + 1 of the file; 0xfff1 and 0xfff2 are SHN_ABS and SHN_COMMON in a symbol.
  const marked = [0xfeff, 0xff00, 0xfff1, 0xfff2, 0xffff, 0x1_0000];
  const file = writeElf({
    wordBytes,
    machine: C.EM_386,
    addends: 'in-place',
    sections: names.map((name) => ({ name, bytes: [1] })),
    symbols: [
      ...marked.map((index) => ({ name: `s${index}`, section: `.data.${index - 1}` })),
      { name: 'absolute', section: 'ABS' },
      { name: 'common', section: 'COMMON', value: 1 },
      { name: 'undefined' },
    ],
  });
  const result = readElf(file);

  test('are read, with their symbols', () => {
    if (!result.ok) throw new Error(result.problems.map(describeElfProblem).join('\n'));
    const { sections, symbols } = result.value;
    expect(sections.length).toBe(1 + many + 4);
    expect(sections.at(-1)?.name).toBe('.shstrtab');
    const found = Array.from({ length: symbols.count - 1 }, (_, i) => symbols.sectionAt(i + 1));
    expect(found).toEqual([...marked, C.SHN_ABS, C.SHN_COMMON, C.SHN_UNDEF]);
    expect(sections[0x1_0000]?.name).toBe('.data.65535');
  });

  const view = new DataView(file.buffer);
  const shoff = view.getUint32(wordBytes === 8 ? 40 : 32, true);
  const stride = wordBytes === 8 ? 64 : 40;
  const sizeAt = wordBytes === 8 ? 32 : 20;
  const linkAt = wordBytes === 8 ? 40 : 24;
  const extended = shoff + (many + 3) * stride;
  const content = view.getUint32(extended + (wordBytes === 8 ? 24 : 16), true);
  test.for([
    ['more of them than there are', shoff + sizeAt, many + 6, { kind: 'outside-file' }],
    ['none', shoff + sizeAt, 0, { kind: 'no-sections' }],
    ['names elsewhere', shoff + linkAt, 1, { kind: 'bad-header', field: 'e_shstrndx' }],
    ['too few indexes', extended + sizeAt, 4, { kind: 'bad-section', field: 'sh_size' }],
    ['indexes of no table', extended + linkAt, 1, { kind: 'no-symtab-shndx' }],
    ['an index beyond', content + 8, 99_999, { kind: 'bad-symbol-section', found: 99_999 }],
  ] as const)('with %s are refused', ([, at, value, problem]) => {
    const old = view.getUint32(at, true);
    view.setUint32(at, value, true);
    const refused = readElf(file);
    view.setUint32(at, old, true);
    expect(!refused.ok && refused.problems).toContainEqual(expect.objectContaining(problem));
  });
});
