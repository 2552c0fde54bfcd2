// Just enough ELF to talk with another linker, written apart from src/object so
// that a mistake there cannot hide itself: section headers and the symbol table
// of little-endian files, trusted, since ld.lld reads them too.
// https://www.sco.com/developers/gabi/latest/contents.html

export interface RawSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly addr: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly align: number;
  /** Where its header is in the file. */
  readonly header: number;
}

export const SHT_NOBITS = 8;
export const SHF_ALLOC = 2;

export interface RawElf {
  readonly bytes: Buffer;
  readonly wide: boolean;
  readonly machine: number;
  readonly sections: readonly RawSection[];
  /** Index of .shstrtab. */
  readonly names: number;
}

export function rawElf(file: Uint8Array): RawElf {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const wide = bytes[4] === 2;
  const word = (at: number): number =>
    wide ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at);
  const table = word(wide ? 40 : 32);
  const count = bytes.readUInt16LE(wide ? 60 : 48);
  const names = bytes.readUInt16LE(wide ? 62 : 50);
  const stride = wide ? 64 : 40;
  const wordBytes = wide ? 8 : 4;
  const nameTable = word(table + names * stride + 8 + 2 * wordBytes);
  const sections = Array.from({ length: count }, (_, index): RawSection => {
    const header = table + index * stride;
    const field = (i: number): number => word(header + 8 + i * wordBytes);
    const start = nameTable + bytes.readUInt32LE(header);
    return {
      index,
      name: bytes.toString('latin1', start, bytes.indexOf(0, start)),
      type: bytes.readUInt32LE(header + 4),
      flags: field(0),
      addr: wide ? bytes.readBigUInt64LE(header + 16) : BigInt(bytes.readUInt32LE(header + 12)),
      offset: field(2),
      size: field(3),
      link: bytes.readUInt32LE(header + 8 + 4 * wordBytes),
      align: wide ? word(header + 48) : word(header + 32),
      header,
    };
  });
  return { bytes, wide, machine: bytes.readUInt16LE(18), sections, names };
}

const SHT_SYMTAB = 2;

/** Names of the symbols that are in no section. */
export function undefinedNames({ bytes, wide, sections }: RawElf): readonly string[] {
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = table && sections[table.link];
  if (table === undefined || strings === undefined) return [];
  const stride = wide ? 24 : 16;
  const found: string[] = [];
  for (let at = table.offset + stride; at < table.offset + table.size; at += stride) {
    if (bytes.readUInt16LE(at + (wide ? 6 : 14)) !== 0) continue;
    const start = strings.offset + bytes.readUInt32LE(at);
    const name = bytes.toString('latin1', start, bytes.indexOf(0, start));
    if (name !== '') found.push(name);
  }
  return found;
}
