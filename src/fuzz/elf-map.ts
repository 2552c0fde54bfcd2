// Where the fields of a good ELF file are, so that a mutation can hit the one it
// means.  Read apart from src/object, which is what is being tried.
// https://www.sco.com/developers/gabi/latest/contents.html

/** A number in the file. */
export interface Field {
  readonly name: string;
  readonly at: number;
  readonly bytes: 1 | 2 | 4 | 8;
}

type Shape = readonly (readonly [name: string, at: number, bytes: 1 | 2 | 4 | 8])[];

/** A table of entries that all have the same fields. */
export interface Table {
  readonly at: number;
  readonly stride: number;
  readonly count: number;
  readonly shape: Shape;
}

export interface ElfMap {
  readonly wordBytes: 4 | 8;
  readonly header: readonly Field[];
  readonly sections: Table;
  /** Of the sections with content: where it is. */
  readonly contents: readonly { readonly at: number; readonly bytes: number }[];
  readonly symbols: Table | undefined;
  readonly relocations: readonly Table[];
  /** Of a shared object: its program headers and its PT_DYNAMIC. */
  readonly dynamic: readonly Table[];
  readonly strings: readonly { readonly at: number; readonly bytes: number }[];
}

const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHT_RELA = 4;
const SHT_NOBITS = 8;
const SHT_DYNAMIC = 6;
const SHT_REL = 9;
const SHT_DYNSYM = 11;

const common: Shape = [
  ['e_type', 16, 2],
  ['e_machine', 18, 2],
  ['e_version', 20, 4],
];
const shapes = {
  8: {
    header: [
      ...common,
      ['e_entry', 24, 8],
      ['e_phoff', 32, 8],
      ['e_shoff', 40, 8],
      ['e_flags', 48, 4],
      ['e_ehsize', 52, 2],
      ['e_phentsize', 54, 2],
      ['e_phnum', 56, 2],
      ['e_shentsize', 58, 2],
      ['e_shnum', 60, 2],
      ['e_shstrndx', 62, 2],
    ],
    section: [
      ['sh_name', 0, 4],
      ['sh_type', 4, 4],
      ['sh_flags', 8, 8],
      ['sh_addr', 16, 8],
      ['sh_offset', 24, 8],
      ['sh_size', 32, 8],
      ['sh_link', 40, 4],
      ['sh_info', 44, 4],
      ['sh_addralign', 48, 8],
      ['sh_entsize', 56, 8],
    ],
    symbol: [
      ['st_name', 0, 4],
      ['st_info', 4, 1],
      ['st_other', 5, 1],
      ['st_shndx', 6, 2],
      ['st_value', 8, 8],
      ['st_size', 16, 8],
    ],
    segment: [
      ['p_type', 0, 4],
      ['p_flags', 4, 4],
      ['p_offset', 8, 8],
      ['p_vaddr', 16, 8],
      ['p_filesz', 32, 8],
      ['p_memsz', 40, 8],
      ['p_align', 48, 8],
    ],
    dynamic: [
      ['d_tag', 0, 8],
      ['d_val', 8, 8],
    ],
    relocation: [
      ['r_offset', 0, 8],
      ['r_type', 8, 4],
      ['r_sym', 12, 4],
      ['r_addend', 16, 8],
    ],
  },
  4: {
    header: [
      ...common,
      ['e_entry', 24, 4],
      ['e_phoff', 28, 4],
      ['e_shoff', 32, 4],
      ['e_flags', 36, 4],
      ['e_ehsize', 40, 2],
      ['e_phentsize', 42, 2],
      ['e_phnum', 44, 2],
      ['e_shentsize', 46, 2],
      ['e_shnum', 48, 2],
      ['e_shstrndx', 50, 2],
    ],
    section: [
      ['sh_name', 0, 4],
      ['sh_type', 4, 4],
      ['sh_flags', 8, 4],
      ['sh_addr', 12, 4],
      ['sh_offset', 16, 4],
      ['sh_size', 20, 4],
      ['sh_link', 24, 4],
      ['sh_info', 28, 4],
      ['sh_addralign', 32, 4],
      ['sh_entsize', 36, 4],
    ],
    symbol: [
      ['st_name', 0, 4],
      ['st_value', 4, 4],
      ['st_size', 8, 4],
      ['st_info', 12, 1],
      ['st_other', 13, 1],
      ['st_shndx', 14, 2],
    ],
    segment: [
      ['p_type', 0, 4],
      ['p_offset', 4, 4],
      ['p_vaddr', 8, 4],
      ['p_filesz', 16, 4],
      ['p_memsz', 20, 4],
      ['p_flags', 24, 4],
      ['p_align', 28, 4],
    ],
    dynamic: [
      ['d_tag', 0, 4],
      ['d_val', 4, 4],
    ],
    // The symbol has 24 bits, of which the low 16 are in use.
    relocation: [
      ['r_offset', 0, 4],
      ['r_type', 4, 1],
      ['r_sym', 5, 2],
      ['r_addend', 8, 4],
    ],
  },
} as const satisfies Record<4 | 8, Record<string, Shape>>;

export function mapElf(bytes: Uint8Array): ElfMap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordBytes = bytes[4] === 2 ? 8 : 4;
  const shape = shapes[wordBytes];
  const header = shape.header.map(([name, at, size]): Field => ({ name, at, bytes: size }));
  const inHeader = (name: string): number => {
    const field = header.find((each) => each.name === name);
    return field === undefined ? 0 : Number(readField(view, field));
  };
  const sections: Table = {
    at: inHeader('e_shoff'),
    stride: wordBytes === 8 ? 64 : 40,
    count: inHeader('e_shnum'),
    shape: shape.section,
  };
  const segments: Table = {
    at: inHeader('e_phoff'),
    stride: wordBytes === 8 ? 56 : 32,
    count: inHeader('e_phnum'),
    shape: shape.segment,
  };
  const all = Array.from({ length: sections.count }, (_, i) => {
    const get = (name: string): number => Number(readField(view, fieldOf(sections, i, name)));
    return { type: get('sh_type'), at: get('sh_offset'), bytes: get('sh_size') };
  });
  const tables = (types: readonly number[], stride: (type: number) => number, of: Shape): Table[] =>
    all
      .filter(({ type, bytes: size }) => types.includes(type) && size > 0)
      .map(({ type, at, bytes: size }) => ({
        at,
        stride: stride(type),
        count: Math.floor(size / stride(type)),
        shape: of.filter(([, offset]) => offset < stride(type)),
      }));
  const [symbols] = tables(
    [SHT_DYNSYM, SHT_SYMTAB],
    () => (wordBytes === 8 ? 24 : 16),
    shape.symbol,
  );
  return {
    wordBytes,
    header,
    sections,
    contents: all.filter(({ type, bytes: size }) => type !== 0 && type !== SHT_NOBITS && size > 0),
    symbols,
    relocations: tables(
      [SHT_REL, SHT_RELA],
      (type) => wordBytes * (type === SHT_RELA ? 3 : 2),
      shape.relocation,
    ),
    dynamic: [
      ...(segments.count > 0 ? [segments] : []),
      ...tables([SHT_DYNAMIC], () => 2 * wordBytes, shape.dynamic),
    ],
    strings: all.filter(({ type, bytes: size }) => type === SHT_STRTAB && size > 0),
  };
}

/** A field of entry `i`. */
export function fieldOf({ at, stride, shape }: Table, i: number, name: string): Field {
  const found = shape.find((field) => field[0] === name);
  if (found === undefined) throw new Error(`no field ${name}`);
  return { name: `${name} ${i}`, at: at + i * stride + found[1], bytes: found[2] };
}

export function readField(view: DataView, { at, bytes }: Field): bigint {
  switch (bytes) {
    case 1:
      return BigInt(view.getUint8(at));
    case 2:
      return BigInt(view.getUint16(at, true));
    case 4:
      return BigInt(view.getUint32(at, true));
    case 8:
      return view.getBigUint64(at, true);
  }
}

/** Outside the file nothing happens: it may have been cut. */
export function writeField(view: DataView, { at, bytes }: Field, value: bigint): void {
  if (at + bytes > view.byteLength) return;
  for (let i = 0; i < bytes; i++)
    view.setUint8(at + i, Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 0xffn));
}
