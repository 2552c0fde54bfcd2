// PT_DYNAMIC and what it leads to: what is read of it, and that nothing is believed.

import { describe, expect, test } from 'vitest';
import { littleEndian } from '../../../test/support/elf-writer.ts';
import { FIRST_PAGE, type SharedFile, writeShared } from '../../../test/support/shared-writer.ts';
import * as C from './constants.ts';
import { describeElfProblem } from './problems.ts';
import { readElf } from './reader.ts';

const machines = { 4: C.EM_386, 8: C.EM_X86_64 } as const;
const RELATIVE = 8;

describe.for([4, 8] as const)('with words of %i bytes', (wordBytes) => {
  const data = { address: FIRST_PAGE, bytes: new Uint8Array(0x300) };
  const write = (more: Partial<SharedFile> = {}): Uint8Array =>
    writeShared({ wordBytes, machine: machines[wordBytes], loads: [data], ...more });

  function objectOf(more: Partial<SharedFile> = {}) {
    const read = readElf(write(more));
    if (!read.ok) throw new Error(read.problems.map(describeElfProblem).join('\n'));
    return read.value;
  }

  function problemsIn(more: Partial<SharedFile>): readonly string[] {
    const read = readElf(write(more));
    return read.ok ? [] : read.problems.map(describeElfProblem);
  }

  test('PT_LOADs are sections, and symbols lie in them', () => {
    const { sections, symbols } = objectOf({
      symbols: [{ name: 'a', value: FIRST_PAGE + 8 }, { name: 'b' }],
    });
    expect(sections.map(({ name }) => name)).toEqual(['', 'PT_LOAD 0', 'PT_LOAD 1']);
    expect([1, 2].map((i) => symbols.sectionAt(i))).toEqual([2, C.SHN_UNDEF]);
    expect(symbols.valueAt(1)).toBe(8n);
  });

  test('RELR has an address, then bits for the words behind it', () => {
    const bits = wordBytes * 8 - 1;
    const relr = [FIRST_PAGE, 0b1011, 0b11];
    const [table] = objectOf({ relr }).relocations;
    const offsets = Array.from({ length: table?.count ?? 0 }, (_, i) => table?.offsetAt(i));
    expect(offsets).toEqual([0, wordBytes, 3 * wordBytes, (1 + bits) * wordBytes]);
    expect(table).toMatchObject({ addends: 'in-place', types: new Set([RELATIVE]) });
  });

  test('a table comes apart by what its relocations change', () => {
    const far = { address: 0x8000, bytes: new Uint8Array(16) };
    const rela = [FIRST_PAGE + 4, 0x8000, FIRST_PAGE].map((place) => ({ place, type: RELATIVE }));
    const tables = objectOf({ loads: [data, far], rela }).relocations;
    expect(tables.map(({ target, count }) => [target.name, count])).toEqual([
      ['PT_LOAD 1', 2],
      ['PT_LOAD 2', 1],
    ]);
    expect([0, 1].map((i) => tables[0]?.offsetAt(i))).toEqual([4, 0]);
  });

  test('DT_JMPREL at the end of the other table is not applied twice', () => {
    const rela = [0, 1].map((i) => ({ place: FIRST_PAGE + 8 * i, type: RELATIVE }));
    const { relocations } = objectOf({ rela });
    const at = tagOf(write({ rela }), wordBytes, C.DT.RELA);
    const entries = {
      JMPREL: at + 3 * wordBytes,
      PLTRELSZ: 3 * wordBytes,
      PLTREL: C.DT.RELA,
    };
    // Two more entries move nothing: tables stand before PT_DYNAMIC.
    const both = objectOf({ rela, entries }).relocations;
    expect(relocations.map(({ count }) => count)).toEqual([2]);
    expect(both.map(({ count }) => count)).toEqual([1, 1]);
  });

  test.for([
    ['an address nowhere', { entries: { RELA: 0x9000, RELASZ: 24 } }, 'DT_RELA is 0x9000'],
    ['a size beyond', { rela: [], entries: { RELASZ: 0x12000 } }, 'DT_RELA is 0x12000'],
    ['half a record', { rela: [], entries: { RELASZ: 5 } }, 'DT_RELASZ is 0x5'],
    ['another record', { rela: [], entries: { RELASZ: 24, RELAENT: 7 } }, 'DT_RELAENT is 0x7'],
    ['an odd PLTREL', { entries: { PLTREL: 5 } }, 'DT_PLTREL is 0x5'],
    ['endless strings', { entries: { STRSZ: 7 } }, 'DT_STRSZ is 0x7, wanted a string table'],
    ['strings beyond', { entries: { STRSZ: 0x9000 } }, 'DT_STRTAB is 0x9000'],
    ['another symbol', { entries: { SYMENT: 5 } }, 'DT_SYMENT is 0x5'],
    ['symbols nowhere', { entries: { SYMTAB: 0x9000 } }, 'DT_SYMTAB is 0x9000'],
    ['a name beyond', { entries: { SONAME: 0x9000 } }, 'DT_SONAME is 0x9000'],
    ['a needed one beyond', { entries: { NEEDED: 0x9000 } }, 'DT_NEEDED is 0x9000'],
    ['a hash table nowhere', { entries: { HASH: 0x9000 } }, 'DT_HASH is 0x9000'],
    ['a huge hash table', { tables: { HASH: littleEndian(4, 1, 0x7fff_ffff) } }, 'DT_HASH is 0x7'],
    ['an endless chain', { ...gnu(1, 0x7f_ffff) }, 'DT_GNU_HASH is 0x'],
    ['a bucket before all', { ...gnu(9, 1) }, 'DT_GNU_HASH is 0x1'],
    ['an odd word first', { relr: [3] }, 'DT_RELR is'],
    ['too many words', { relr: [0, ...new Array(40).fill(-1)] }, 'DT_RELR is'],
    ['init nowhere', { entries: { INIT: 0x9000 } }, 'DT_INIT is 0x9000'],
    ['half a pointer', { tables: { INIT_ARRAY: [1] }, entries: { INIT_ARRAYSZ: 3 } }, 'DT_INIT_A'],
    [
      'versions beyond',
      { entries: { VERNEED: FIRST_PAGE + 0x2f8, VERNEEDNUM: 1 } },
      'DT_VERNEED is',
    ],
    ['many versions', { tables: { VERDEF: [1] }, entries: { VERDEFNUM: 32768 } }, 'DT_VERDEFNUM'],
    ['a strange version', { symbols: [{ name: 'a' }], ...versym(0, 5) }, 'DT_VERSYM is 0x5'],
    ['a place nowhere', { rela: [{ place: 0x9000, type: 8 }] }, 'relocation 0 of DT_RELA is at'],
    ['a common symbol', { symbols: [{ name: 'c', value: 4, section: 0xfff2 }] }, 'SHN_COMMON'],
  ] as const satisfies readonly (readonly [string, Partial<SharedFile>, string])[])(
    '%s is refused',
    ([, more, sentence]) => {
      expect(problemsIn(more).join('\n')).toContain(sentence);
    },
  );

  test.for([
    ['one behind the other', [{ ...data }, { ...data, address: FIRST_PAGE + 8 }], 'p_vaddr'],
    ['an odd alignment', [{ ...data, align: 3 }], 'p_align'],
    ['very many', manyLoads(64), '65 PT_LOADs, more than 64,'],
    ['more than there is memory', [{ ...data, size: 0x1000_0001 }], 'the limit is'],
  ] as const)('of PT_LOADs %s is refused', ([, loads, sentence]) => {
    expect(problemsIn({ loads }).join('\n')).toContain(sentence);
  });

  test('relocations of a symbol that is not there are refused', () => {
    const bytes = write({ rela: [{ place: FIRST_PAGE, type: 1, symbol: 'a' }], symbols: [] });
    expect(readElf(bytes).ok).toBe(true);
    const at = tagOf(bytes, wordBytes, C.DT.RELA) + wordBytes + (wordBytes === 8 ? 4 : 1);
    new DataView(bytes.buffer).setUint16(at, 0x7fff, true);
    expect(readElf(bytes).ok).toBe(false);
  });

  test('PT_DYNAMIC has an end', () => {
    const bytes = write();
    const view = new DataView(bytes.buffer);
    const end = findDynamic(bytes, wordBytes);
    // DT_NULL is the last entry: another tag in its place leads out of the segment.
    view.setUint32(end.stop - 2 * wordBytes, 1, true);
    const read = readElf(bytes);
    expect(read.ok ? [] : read.problems).toMatchObject([
      { kind: 'bad-dynamic', tag: 'PT_DYNAMIC' },
    ]);
  });
});

function manyLoads(count: number): SharedFile['loads'] {
  return Array.from({ length: count }, (_, i) => ({ address: FIRST_PAGE * (i + 2), bytes: [0] }));
}

function versym(...indexes: readonly number[]): Pick<SharedFile, 'tables'> {
  return { tables: { VERSYM: littleEndian(2, ...indexes) } };
}

/** DT_GNU_HASH with one bucket and no bloom filter, and no DT_HASH. */
function gnu(first: number, bucket: number): Pick<SharedFile, 'tables' | 'entries'> {
  return {
    tables: { GNU_HASH: littleEndian(4, 1, first, 0, 0, bucket, 1) },
    entries: { HASH: undefined },
  };
}

function findDynamic(bytes: Uint8Array, wordBytes: 4 | 8): { start: number; stop: number } {
  const read = readElf(bytes);
  const segment = read.ok
    ? read.value.segments.find(({ type }) => type === C.PT_DYNAMIC)
    : undefined;
  if (segment === undefined) throw new Error(`no PT_DYNAMIC in words of ${wordBytes}`);
  return { start: segment.offset, stop: segment.offset + segment.filesz };
}

/** The value of a tag. */
function tagOf(bytes: Uint8Array, wordBytes: 4 | 8, tag: number): number {
  const view = new DataView(bytes.buffer);
  const { start, stop } = findDynamic(bytes, wordBytes);
  for (let at = start; at < stop; at += 2 * wordBytes)
    if (view.getUint32(at, true) === tag) return view.getUint32(at + wordBytes, true);
  throw new Error(`no tag ${tag}`);
}
