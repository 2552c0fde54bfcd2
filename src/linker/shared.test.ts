// Shared objects through the linker: every dynamic relocation of every architecture,
// beside what its psABI says, and which pages get which permissions.

import { describe, expect, test } from 'vitest';
import {
  type DynamicRelocationSpec,
  FIRST_PAGE,
  type LoadSpec,
  type SharedFile,
  writeShared,
} from '../../test/support/shared-writer.ts';
import { type ArchName, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { type FoundSymbol, type LinkedImage, link, planLayout } from './link.ts';
import { describeLinkProblem } from './problems.ts';
import { segmentTraits } from './segments.ts';

/** Where the area begins, and the other segments with it. */
const AREA = 0x4000_0000n;
const S = 0x5000_1230n;

/** What each stores: an address of the object, a symbol's, or a resolver's. */
const types = {
  i386: { word: 1, symbol: [6, 7], base: [8], resolver: [42], copy: 5, tls: 14, got: 3 },
  amd64: { word: 1, symbol: [6, 7], base: [8, 38], resolver: [37], copy: 5, tls: 18, got: 9 },
  armv7: { word: 2, symbol: [21, 22], base: [23], resolver: [160], copy: 20, tls: 19, got: 96 },
  aarch64: {
    ...{ word: 257, symbol: [1025, 1026], base: [1027], resolver: [1032] },
    ...{ copy: 1024, tls: 1030, got: 309 },
  },
} as const satisfies Record<ArchName, unknown>;

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const { wordBytes, elfMachine: machine } = arch;
  const { word, symbol, base, resolver, copy, tls, got } = types[name];

  function linkFile(file: Partial<SharedFile>, known?: FoundSymbol) {
    const loads = [{ address: FIRST_PAGE, bytes: new Uint8Array(64) }];
    const read = readElf(writeShared({ wordBytes, machine, loads, ...file }));
    if (!read.ok) throw new Error('it does not read');
    const layout = planLayout(read.value, arch);
    if (!layout.ok) return layout;
    const { segments } = layout.value;
    const bases = segments.map(({ area, offset }) =>
      addr(AREA + BigInt(area * 0x100_0000 + offset)),
    );
    const lookup = (): FoundSymbol | undefined => known;
    return link({ object: read.value, arch, layout: layout.value, bases, lookup });
  }

  function told(file: Partial<SharedFile>, known?: FoundSymbol): string {
    const result = linkFile(file, known);
    if (result.ok) return '';
    return result.problems.map((problem) => describeLinkProblem(problem, 'x')).join('\n');
  }

  function imageOf(file: Partial<SharedFile>, known?: FoundSymbol): LinkedImage {
    const result = linkFile(file, known);
    if (!result.ok) throw new Error(told(file, known));
    return result.value;
  }

  /** The first word of the data, once one relocation was applied to it. */
  function wordAfter(one: Omit<DynamicRelocationSpec, 'place'>, before = 0, known?: FoundSymbol) {
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setUint32(0, before, true);
    const loads = [{ address: FIRST_PAGE, bytes }];
    const kind = 'addend' in one ? 'rela' : 'rel';
    const symbols = one.symbol === undefined ? [] : [{ name: one.symbol }];
    const file = { loads, symbols, [kind]: [{ ...one, place: FIRST_PAGE }] };
    const image = imageOf(file, known);
    const data = image.segments.find(({ base: at }) => at === AREA + BigInt(FIRST_PAGE));
    const view = new DataView(data?.bytes.buffer ?? new ArrayBuffer(0), data?.bytes.byteOffset);
    return wordBytes === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }

  test.for(base)('type %i is B + A, in the record and in place', (type) => {
    expect(wordAfter({ type, addend: 0x1010 })).toBe(AREA + 0x1010n);
    expect(wordAfter({ type }, 0x1010)).toBe(AREA + 0x1010n);
  });

  test.for(symbol)('type %i is S, whatever the word holds', (type) => {
    expect(
      wordAfter({ type, symbol: 's' }, name === 'aarch64' ? 0 : 0x77, { address: addr(S) }),
    ).toBe(S);
  });

  test('a symbolic word is S + A, a relative one in RELR too', () => {
    const address = addr(S);
    expect(wordAfter({ type: word, symbol: 's', addend: 8 }, 0, { address })).toBe(S + 8n);
    expect(wordAfter({ type: word, symbol: 's' }, 8, { address })).toBe(S + 8n);
  });

  test('a Thumb function is stored with bit 0', () => {
    const known = { address: addr(S), thumb: true };
    const stored = wordAfter({ type: symbol[0], symbol: 's' }, 0, known);
    expect(stored).toBe(name === 'armv7' ? S + 1n : S);
  });

  test('a resolver is left to the kernel, with its slot', () => {
    const rel = [{ type: resolver[0], place: FIRST_PAGE + 16 }];
    const { ifuncs } = imageOf({ rel });
    expect(ifuncs).toEqual([{ resolver: AREA, slot: AREA + BigInt(FIRST_PAGE + 16) }]);
  });

  test.for([
    [copy, 'copies a variable'],
    [tls, 'thread-local'],
    [got, 'asks for a global offset table'],
  ] as const)('type %i is refused by name', ([type, reason]) => {
    const rela = [{ place: FIRST_PAGE, type, symbol: 's' }];
    const sentence = told({ symbols: [{ name: 's' }], rela }, { address: addr(S) });
    expect(sentence).toContain(reason);
    expect(sentence).toMatch(/PT_LOAD 1\+0x0: R_[\w*]+ \(\d+\) to s/);
  });

  test('every dynamic rule has its row here', () => {
    const rules = [...arch.relocations.values()].filter(({ dynamic }) => dynamic !== undefined);
    const rows = [...symbol, ...base, ...resolver].toSorted((a, b) => a - b);
    expect(rules.map(({ type }) => type).toSorted((a, b) => a - b)).toEqual(rows);
  });

  test('an absent weak symbol is 0, another one is told', () => {
    const rela = [{ place: FIRST_PAGE, type: word, symbol: 's', addend: 0 }];
    expect(told({ symbols: [{ name: 's', binding: C.STB_WEAK }], rela })).toBe('');
    expect(told({ symbols: [{ name: 's' }], rela })).toContain('symbol s is not defined');
  });

  const kinds = (loads: readonly LoadSpec[], more: Partial<SharedFile> = {}): readonly string[] =>
    imageOf({ loads, ...more }).segments.map(
      ({ kind, base: at, bytes }) =>
        `${segmentTraits[kind].name} ${(at - AREA).toString(16)}+${bytes.length.toString(16)}`,
    );
  const page = new Uint8Array(0x1000);

  test('pages get the permissions of their PT_LOAD, and PT_LOADs their distances', () => {
    const text = { address: 0x1000, bytes: page, flags: 5 };
    const data = { address: 0x5010, bytes: [1], size: 0x1000 };
    expect(kinds([text, data])).toEqual(['rodata 0+1000', 'text 1000+1000', 'data 5000+2000']);
  });

  test('pages that two share get what both may do', () => {
    const rodata = { address: 0x1000, bytes: new Uint8Array(0x1800), flags: 4 };
    const data = { address: 0x2800, bytes: new Uint8Array(0x1000) };
    expect(kinds([rodata, data])).toEqual(['rodata 0+2000', 'data 2000+2000']);
  });

  test('but not if that is to write and to execute', () => {
    const text = { address: 0x1000, bytes: new Uint8Array(0x800), flags: 5 };
    const data = { address: 0x1800, bytes: page };
    expect(told({ loads: [text, data] })).toContain(
      'PT_LOAD 1 and PT_LOAD 2 share the page at 0x1000',
    );
  });

  test('whole pages of PT_GNU_RELRO are read-only, unless a resolver fills words', () => {
    const data = { address: 0x1000, bytes: new Uint8Array(0x3000) };
    const headers = [{ type: C.PT_GNU_RELRO, address: 0x1000, size: 0x1800 }];
    expect(kinds([data], { headers })).toEqual(['rodata 0+2000', 'data 2000+2000']);
    const rel = [{ type: resolver[0], place: 0x1000 }];
    expect(kinds([data], { headers, rel })).toEqual(['rodata 0+1000', 'data 1000+3000']);
  });

  test('the largest p_align is that of the area', () => {
    const loads = [{ address: 0x2_0000, bytes: page, align: 0x2_0000 }];
    const read = readElf(writeShared({ wordBytes, machine, loads }));
    const layout = read.ok ? planLayout(read.value, arch) : read;
    expect(layout.ok && layout.value.segments[0]).toMatchObject({ align: 0x2_0000, area: 0 });
  });

  test.for([
    ['a PT_LOAD to write and to execute', { loads: [{ address: 0x1000, bytes: page, flags: 7 }] }],
    ['PT_TLS', { headers: [{ type: C.PT_TLS, address: 0x1000, size: 8 }] }],
  ] as const)('%s is refused', ([, file]) => {
    expect(told(file)).toMatch(/section PT_\w+( 1)? is (both writable|thread-local)/);
  });
});
