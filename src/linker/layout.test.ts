// Which section goes where.

import { describe, expect, test } from 'vitest';
import { type SectionSpec, writeElf } from '../../test/support/elf-writer.ts';
import { architectures } from '../arch/registry.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { planLayout } from './layout.ts';
import * as S from './segments.ts';

const arch = architectures.armv7;
const R = C.SHF_ALLOC;
const X = C.SHF_ALLOC | C.SHF_EXECINSTR;
const W = C.SHF_ALLOC | C.SHF_WRITE;

function objectOf(sections: readonly SectionSpec[], machine = arch.elfMachine) {
  const read = readElf(writeElf({ wordBytes: 4, machine, addends: 'in-place', sections }));
  if (!read.ok) throw new Error('the object does not read');
  return read.value;
}

function layoutOf(sections: readonly SectionSpec[]) {
  const layout = planLayout(objectOf(sections), arch);
  if (!layout.ok) throw new Error('the object has no layout');
  return layout.value;
}

function problemsIn(sections: readonly SectionSpec[]) {
  const layout = planLayout(objectOf(sections), arch);
  return layout.ok ? [] : layout.problems;
}

const byte = { bytes: [1] };
const word = { bytes: [1, 2, 3, 4], align: 4 };

test.for([
  ['.text', X, S.SEGMENT_TEXT],
  ['.text.unlikely', X, S.SEGMENT_TEXT],
  ['.plt', R, S.SEGMENT_TEXT],
  ['.text.ftrace_trampoline', R, S.SEGMENT_TEXT],
  ['.rodata', R, S.SEGMENT_RODATA],
  ['__ksymtab', R, S.SEGMENT_RODATA],
  ['link_set_modules', R, S.SEGMENT_RODATA],
  ['.data', W, S.SEGMENT_DATA],
  ['.data..percpu', W, S.SEGMENT_DATA],
  ['.gnu.linkonce.this_module', W, S.SEGMENT_DATA],
  ['.init.text', X, S.SEGMENT_INIT_TEXT],
  ['.init.plt', R, S.SEGMENT_INIT_TEXT],
  ['.init.rodata', R, S.SEGMENT_INIT_RODATA],
  ['.init.data', W, S.SEGMENT_INIT_DATA],
  ['.init_array', W, S.SEGMENT_DATA],
  ['.ARM.exidx', R, S.SEGMENT_RODATA],
  ['.ARM.exidx.init.text', R, S.SEGMENT_INIT_RODATA],
  ['.ARM.extab.init.text', R, S.SEGMENT_INIT_RODATA],
  ['.exit.text', X, S.SEGMENT_EXIT],
  ['.exit.rodata', R, S.SEGMENT_EXIT],
  ['.ARM.exidx.exit.text', R, S.SEGMENT_EXIT],
  ['.exit.data', W, S.SEGMENT_DATA],
] as const)('%s with flags %i goes to segment %i', ([name, flags, kind]) => {
  expect(layoutOf([{ name, flags, ...word }]).segments).toEqual([
    { kind, bytes: 4, align: 4, area: 0, offset: 0 },
  ]);
});

test.for([
  ['.note.Linux', C.SHT_NOTE],
  ['.ARM.exidx', C.SHT_ARM_EXIDX],
  ['.init_array', C.SHT_INIT_ARRAY],
] as const)('%s of type %i is loaded', ([name, type]) => {
  expect(layoutOf([{ name, type, ...word }]).segments).toHaveLength(1);
});

test.for([
  ['.init_array', ['.200', '', '.9', '.00101'], [2, 3, 0, 1]],
  ['.fini_array', ['', '.65535', '.0', '.x'], [2, 1, 0, 3]],
  ['.ctors', ['.200', '', '.9', '.00101'], [3, 0, 1, 2]],
  ['.dtors', ['.0', '.65535', '', ''], [2, 3, 0, 1]],
] as const)('sections of the family %s lie together, by priority', ([family, names, ranks]) => {
  const arrays = names.map((suffix) => ({ name: family + suffix, flags: W, ...word }));
  const [first, ...others] = arrays;
  const between = { name: '.data', flags: W, ...word };
  const { placements } = layoutOf(first === undefined ? [] : [first, between, ...others]);
  const offsets = [1, 3, 4, 5].map((section) => placements[section]?.offset ?? -1);
  const before = offsets.map((offset) => offsets.filter((other) => other < offset).length);
  expect(before).toEqual(ranks);
});

test('an array of functions is aligned to words', () => {
  const sections = [
    { name: '.data', flags: W, ...byte },
    { name: '.init_array', flags: W, bytes: [0, 0, 0, 0], align: 1 },
  ];
  expect(layoutOf(sections).placements[2]).toMatchObject({ offset: 4 });
});

test.for([3, 4, 5])('an array of %i bytes is whole words, or a problem', (size) => {
  const section = { name: '.fini_array.7', flags: W, bytes: Array.from({ length: size }, () => 0) };
  const problem = { kind: 'ragged-array', section: '.fini_array.7', bytes: size, wordBytes: 4 };
  expect(problemsIn([section])).toEqual(size === 4 ? [] : [problem]);
});

test.for([
  ['.comment', 0],
  ['.debug_info', 0],
  ['.modinfo', R],
  ['__versions', R],
] as const)('%s with flags %i is not loaded', ([name, flags]) => {
  const layout = layoutOf([{ name, flags, ...byte }]);
  expect(layout.segments).toEqual([]);
  expect(layout.placements[1]).toBeUndefined();
});

test('sections keep their order and alignment; the segment takes the largest', () => {
  const layout = layoutOf([
    { name: '.data', flags: W, bytes: [1, 2, 3] },
    { name: '.text', flags: X, bytes: [1, 2, 3, 4], align: 4 },
    { name: '.data.aligned', flags: W, bytes: [1], align: 64 },
    { name: '.bss', type: C.SHT_NOBITS, flags: W, size: 7, align: 8 },
  ]);
  expect(layout.segments).toEqual([
    { kind: S.SEGMENT_TEXT, bytes: 4, align: 4, area: 0, offset: 0 },
    { kind: S.SEGMENT_DATA, bytes: 79, align: 64, area: 1, offset: 0 },
  ]);
  expect(layout.placements.slice(1, 5)).toEqual([
    { segment: 1, offset: 0 },
    { segment: 0, offset: 0 },
    { segment: 1, offset: 64 },
    { segment: 1, offset: 72 },
  ]);
});

test('sections of one set lie side by side', () => {
  const layout = layoutOf([
    { name: 'link_set_modules', bytes: [1, 2, 3, 4], align: 4 },
    { name: '.rodata', bytes: [1, 2, 3, 4, 5], align: 4 },
    { name: 'link_set_modules', bytes: [5, 6, 7, 8], align: 4 },
  ]);
  expect(layout.placements.slice(1, 4).map((placement) => placement?.offset)).toEqual([0, 8, 4]);
});

test('an empty section asks for no memory but has a place', () => {
  const layout = layoutOf([
    { name: '.text', flags: X, ...byte },
    { name: '.data', flags: W },
  ]);
  expect(layout.segments).toHaveLength(1);
  expect(layout.placements[2]).toEqual({ segment: 0, offset: 0 });
});

describe('refuses', () => {
  test('a section that is writable and executable', () => {
    const section = '.text.self';
    expect(problemsIn([{ name: section, flags: W | X, ...byte }])).toEqual([
      { kind: 'writable-text', section },
    ]);
  });

  test('thread-local sections', () => {
    const section = '.tdata';
    expect(problemsIn([{ name: section, flags: W | C.SHF_TLS, ...byte }])).toEqual([
      { kind: 'tls-section', section },
    ]);
  });

  test('a set that is partly writable', () => {
    const section = 'link_set_x';
    expect(
      problemsIn([
        { name: section, ...byte },
        { name: section, flags: W, ...byte },
      ]),
    ).toEqual([{ kind: 'split-set', section }]);
  });

  test('alignment that makes the object larger than the limit', () => {
    const big = { bytes: [1], align: 0x1000_0000 };
    const problems = problemsIn([
      { name: '.a', ...big },
      { name: '.b', ...big },
    ]);
    expect(problems).toMatchObject([{ kind: 'too-large' }]);
  });

  test('the object of another machine', () => {
    const layout = planLayout(objectOf([], C.EM_386), arch);
    expect(!layout.ok && layout.problems).toMatchObject([
      { kind: 'wrong-machine', found: C.EM_386 },
    ]);
  });
});
