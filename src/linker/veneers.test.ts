// Which branches get veneers, which share one, and what the instructions are.

import { describe, expect, test } from 'vitest';
import { littleEndian, type SymbolSpec, writeElf } from '../../test/support/elf-writer.ts';
import type { ArchName } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { type FoundSymbol, type LayoutOptions, link, planLayout } from './link.ts';
import { SEGMENT_EXIT, SEGMENT_INIT_TEXT, SEGMENT_TEXT } from './segments.ts';

const X = C.SHF_ALLOC | C.SHF_EXECINSTR;

interface Branch {
  readonly type: number;
  readonly to: string;
  /** The instruction, its in-place addend included. */
  readonly word: number;
  readonly addend?: number;
  readonly section?: string;
}

interface Given {
  readonly arch: ArchName;
  readonly base: bigint;
  readonly branches: readonly Branch[];
  readonly known?: Readonly<Record<string, FoundSymbol>>;
  readonly symbols?: readonly SymbolSpec[];
  readonly options?: LayoutOptions;
  /** The instruction starts so many bytes before its field. */
  readonly opcode?: readonly number[];
}

/** Sections of one branch after the other, 8 bytes each. */
function linkBranches({ arch: name, base, branches, opcode = [], ...given }: Given) {
  const arch = architectures[name];
  const names = [...new Set(branches.map(({ section = '.text' }) => section))];
  const places = branches.map((branch, i) => ({
    ...branch,
    i,
    section: branch.section ?? '.text',
  }));
  const inSection = (section: string) => places.filter((place) => place.section === section);
  const defined = new Set(given.symbols?.map((symbol) => symbol.name));
  const undefinedNames = [...new Set(branches.map(({ to }) => to))].filter(
    (to) => !defined.has(to),
  );
  const bytes = writeElf({
    wordBytes: arch.wordBytes,
    machine: arch.elfMachine,
    addends: arch.addends,
    sections: names.map((section) => ({
      ...{ name: section, flags: X, align: 4 },
      bytes: inSection(section).flatMap(({ word }) =>
        [...opcode, ...littleEndian(4, word), 0, 0, 0, 0].slice(0, 8),
      ),
    })),
    symbols: [...(given.symbols ?? []), ...undefinedNames.map((each) => ({ name: each }))],
    relocations: names.flatMap((section) =>
      inSection(section).map(({ type, to, addend }, i) => ({
        ...{ section, type, symbol: to, offset: 8 * i + opcode.length },
        addend: addend ?? 0,
      })),
    ),
  });
  const read = readElf(bytes);
  if (!read.ok) throw new Error('the object does not read');
  const layout = planLayout(read.value, arch, given.options);
  if (!layout.ok) throw new Error('the object has no layout');
  return link({
    object: read.value,
    arch,
    layout: layout.value,
    bases: layout.value.segments.map((_, i) => addr(base + BigInt(i << 16))),
    lookup: (symbol) => given.known?.[symbol],
  });
}

function linked(given: Given) {
  const result = linkBranches(given);
  if (!result.ok) throw new Error(result.problems.map(({ kind }) => kind).join(' '));
  return result.value;
}

/** The words of a segment from an offset. */
function wordsAt(image: ReturnType<typeof linked>, segment: number, offset: number, count: number) {
  const { bytes } = image.segments.find(({ kind }) => kind === segment) ?? {
    bytes: new Uint8Array(),
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: count }, (_, i) => view.getUint32(offset + 4 * i, true));
}

const far = { far: { address: addr(0x9000_0000), thumb: undefined } };
const BL = { type: 283, to: 'far', word: 0x9400_0000 };
const B = { type: 282, to: 'far', word: 0x1400_0000 };

describe('the code', () => {
  test.for([
    // movz x16, #0x5678; movk x16, #0x1234, lsl #16; ...; br x16
    [
      'AArch64, beyond 4 GiB',
      { arch: 'aarch64', base: 0x4_0000_0000n, branches: [BL] },
      0x1_1234_5678n,
      [0x9400_0002, 0, 0xd28a_cf10, 0xf2a2_4690, 0xf2c0_0030, 0xf2e0_0010, 0xd61f_0200],
    ],
    // adrp x16, +0x3ffff pages; add x16, x16, #0x678; br x16
    [
      'AArch64, within 4 GiB',
      { arch: 'aarch64', base: 0x4000_0000n, branches: [BL] },
      0x7fff_f678n,
      [0x9400_0002, 0, 0xf01f_fff0, 0x9119_e210, 0xd61f_0200, 0, 0],
    ],
    [
      'ARM',
      { arch: 'armv7', base: 0xbf00_0000n, branches: [{ type: 28, to: 'far', word: 0xebff_fffe }] },
      0x1000_0000n,
      [0xeb00_0000, 0, 0xe51f_f004, 0x1000_0000],
    ],
    [
      'Thumb',
      { arch: 'armv7', base: 0xbf00_0000n, branches: [{ type: 10, to: 'far', word: 0xfffe_f7ff }] },
      0x1000_0000n,
      [0xf802_f000, 0, 0xf000_f8df, 0x1000_0000],
    ],
  ] as const)('%s', ([, given, address, code]) => {
    const image = linked({ ...given, known: { far: { address: addr(address) } } });
    expect(wordsAt(image, SEGMENT_TEXT, 0, code.length)).toEqual(code);
  });

  test.for([
    ['call', [0xe8], true],
    ['jmp', [0xe9], true],
    ['jne', [0x0f, 0x85], true],
    ['lea', [0x48, 0x8d, 0x05], false],
    ['the address of something', [], false],
  ] as const)('amd64: %s', ([, opcode, may]) => {
    const result = linkBranches({
      ...{ arch: 'amd64', base: 0xffff_9000_0000_0000n, opcode },
      branches: [{ type: 2, to: 'far', word: 0, addend: -4 }],
      known: { far: { address: addr(0xffff_ffff_8012_3456n) } },
    });
    if (!may) {
      expect(!result.ok && result.problems).toMatchObject([{ kind: 'out-of-range' }]);
      return;
    }
    const code = result.ok ? result.value.segments[0]?.bytes.subarray(8) : undefined;
    const target = [0x56, 0x34, 0x12, 0x80, 0xff, 0xff, 0xff, 0xff];
    expect([...(code ?? [])]).toEqual([0xff, 0x25, 2, 0, 0, 0, 0x0f, 0x0b, ...target]);
  });

  test('AArch64: in the last words of a page there is no ADRP', () => {
    const branches = Array.from({ length: 0xff8 / 8 }, () => BL);
    const image = linked({ arch: 'aarch64', base: 0x4000_0000n, branches, known: far });
    expect(image.veneers.emitted).toMatchObject([{ address: 0x4000_0ff8n }]);
    expect(wordsAt(image, SEGMENT_TEXT, 0xff8, 1)).toEqual([0xd280_0010]);
  });
});

describe('sharing', () => {
  const aarch64 = { arch: 'aarch64', base: 0x4000_0000n } as const;
  const known = { ...far, other: { address: addr(0x9000_0000) } };

  test.for([
    ['one for all branches to a symbol', [BL, B, BL], 1, 1],
    ['one for two names of one address', [BL, { ...BL, to: 'other' }], 2, 1],
    ['each addend its own', [BL, { ...BL, addend: 8 }], 2, 2],
    ['init code its own', [BL, { ...BL, section: '.init.text' }], 2, 2],
    ['exit code its own', [BL, { ...BL, section: '.exit.text' }], 2, 2],
  ] as const)('%s', ([, branches, reserved, emitted]) => {
    const image = linked({ ...aarch64, branches, known });
    expect(image.veneers.reserved).toBe(reserved);
    expect(image.veneers.reservedBytes).toBe(20 * reserved);
    expect(image.veneers.emitted).toHaveLength(emitted);
  });

  test('they lie in the segment of the branch', () => {
    const branches = ['.text', '.init.text', '.exit.text'].map((section) => ({ ...BL, section }));
    const image = linked({ ...aarch64, branches, known });
    const kinds = image.veneers.emitted.map(({ segment }) => segment);
    expect(kinds).toEqual([SEGMENT_TEXT, SEGMENT_INIT_TEXT, SEGMENT_EXIT]);
    for (const { address, segment } of image.veneers.emitted) {
      const home = image.segments.find(({ kind }) => kind === segment);
      expect(address >= (home?.base ?? 0n)).toBe(true);
      expect(address + 20n <= (home?.base ?? 0n) + BigInt(home?.bytes.length ?? 0)).toBe(true);
    }
  });

  test('nothing is reserved for a branch inside its segment, nor emitted in reach', () => {
    const symbols = [{ name: 'near', section: '.text', value: 0, type: C.STT_FUNC }];
    const branches = [{ ...BL, to: 'near' }, BL];
    const image = linked({
      ...{ ...aarch64, symbols, branches },
      known: { far: { address: addr(0x4100_0000) } },
    });
    expect(image.veneers).toMatchObject({ reserved: 1, emitted: [] });
  });

  test('without veneers nothing is reserved, and distance and limit are named', () => {
    const result = linkBranches({
      ...{ ...aarch64, branches: [BL], options: { veneers: false } },
      known: { far: { address: addr(0x4800_0000) } },
    });
    expect(!result.ok && result.problems).toMatchObject([
      { kind: 'out-of-range', value: 0x800_0000n, max: 0x7ff_fffcn, over: 4n },
    ]);
  });
});

describe('limits: the last target in reach and the first that is not', () => {
  const P = 0x4000_0000n;
  test.for([
    ['aarch64', 283, 0x9400_0000, 0x7ff_fffcn, 4n],
    ['aarch64', 283, 0x9400_0000, -0x800_0000n, -4n],
    ['armv7', 28, 0xebff_fffe, 8n + 0x1ff_fffcn, 4n],
    ['armv7', 28, 0xebff_fffe, 8n - 0x200_0000n, -4n],
    ['armv7', 29, 0xeaff_fffe, 8n + 0x1ff_fffcn, 4n],
    ['armv7', 10, 0xfffe_f7ff, 4n + 0xff_fffen, 2n],
    ['armv7', 10, 0xfffe_f7ff, 4n - 0x100_0000n, -2n],
    ['armv7', 30, 0xbffe_f7ff, 4n + 0xff_fffen, 2n],
    ['aarch64', 280, 0x5400_0000, 0xf_fffcn, 4n],
    ['aarch64', 280, 0x5400_0000, -0x10_0000n, -4n],
    ['aarch64', 279, 0x3600_0000, 0x7ffcn, 4n],
    ['aarch64', 279, 0x3600_0000, -0x8000n, -4n],
    ['armv7', 51, 0xaffe_f43f, 4n + 0xf_fffen, 2n],
    ['armv7', 51, 0xaffe_f43f, 4n - 0x10_0000n, -2n],
    ['armv7', 102, 0xe7fe, 4n + 0x7fen, 2n],
    ['armv7', 102, 0xe7fe, 4n - 0x800n, -2n],
    ['armv7', 103, 0xd0fe, 4n + 0xfen, 2n],
    ['armv7', 103, 0xd0fe, 4n - 0x100n, -2n],
  ] as const)('%s type %i at %i', ([arch, type, word, distance, step]) => {
    const emittedAt = (target: bigint) =>
      linked({
        ...{ arch, base: P, branches: [{ type, to: 'far', word }] },
        known: { far: { address: addr(P + target) } },
      }).veneers.emitted.map((veneer) => veneer.target);
    expect(emittedAt(distance)).toEqual([]);
    expect(emittedAt(distance + step)).toEqual([P + distance + step]);
  });

  test.for([
    [4n + 0x7fff_ffffn, 1n],
    [4n - 0x8000_0000n, -1n],
  ] as const)('amd64 at %i', ([distance, step]) => {
    const P = 0xffff_9000_0000_0001n;
    const emittedAt = (target: bigint) =>
      linked({
        ...{ arch: 'amd64', base: P - 1n, opcode: [0xe8] },
        branches: [{ type: 4, to: 'far', word: 0, addend: -4 }],
        known: { far: { address: addr(P + target) } },
      }).veneers.emitted.length;
    expect(emittedAt(distance)).toBe(0);
    expect(emittedAt(distance + step)).toBe(1);
  });
});

test('a veneer beyond the reach of its branch is refused with distance and limit', () => {
  const near = { type: 283, to: 'near', word: 0x9400_0000 };
  const behind = (calls: number) =>
    linkBranches({
      ...{
        arch: 'aarch64',
        base: 0x4000_0000n,
        known: { ...far, near: { address: addr(0x4000_0000n) } },
      },
      branches: [{ type: 279, to: 'far', word: 0x3600_0000 }, ...Array(calls).fill(near)],
    });
  expect(behind(4094).ok).toBe(true);
  const result = behind(4095);
  expect(!result.ok && result.problems).toMatchObject([
    { kind: 'veneer-out-of-range', value: 0x8000n, min: -0x8000n, max: 0x7ffcn },
  ]);
});

test('a veneer is a local function called after its target', () => {
  const image = linked({ arch: 'aarch64', base: 0x4000_0000n, known: far, branches: [BL] });
  const [veneer] = image.veneers.emitted;
  expect(image.symbols).toMatchObject([
    { name: 'far@veneer', address: veneer?.address, size: 20, binding: C.STB_LOCAL, thumb: false },
  ]);
});

describe('between ARM and Thumb', () => {
  const thumb = { name: 't', section: '.text', value: 1, type: C.STT_FUNC };
  const arm = { name: 'a', section: '.text', value: 0, type: C.STT_FUNC };
  test.for([
    ['BL to Thumb becomes BLX', 28, 0xebff_fffe, 't', 0],
    ['B to Thumb goes through ARM code', 29, 0xeaff_fffe, 't', 1],
    ['B to ARM goes straight', 29, 0xeaff_fffe, 'a', 0],
    ['Thumb BL to ARM becomes BLX', 10, 0xfffe_f7ff, 'a', 0],
    ['B.W to ARM goes through Thumb code', 30, 0xbffe_f7ff, 'a', 1],
    ['B<cond>.W to ARM as well', 51, 0xaffe_f43f, 'a', 1],
    ['B.W to Thumb goes straight', 30, 0xbffe_f7ff, 't', 0],
  ] as const)('%s', ([, type, word, to, count]) => {
    const image = linked({
      ...{ arch: 'armv7', base: 0xbf00_0000n, symbols: [thumb, arm] },
      branches: [{ type, to, word }],
    });
    expect(image.veneers.reserved).toBe(count);
    const target = to === 't' ? 0xbf00_0001n : 0xbf00_0000n;
    const kind = type === 29 ? 'ARM' : 'Thumb';
    expect(image.veneers.emitted).toMatchObject(count === 0 ? [] : [{ target, kind }]);
  });
});
