// What ld.lld gets: a copy of the module in which no section means anything to a
// static linker, and a script that puts each section where we put it.  A linker
// merges strings, drops build ids and rewrites unwind tables; a kernel does not.

import { type RawElf, rawElf, SHF_ALLOC } from './oracle-elf.ts';

const SHT_PROGBITS = 1;
const SHT_NOTE = 7;
const SHT_INIT_ARRAY = 14;
const SHT_ARM_EXIDX = 0x7000_0001;
const SHF_MERGE_AND_STRINGS = 0x30;
const SHF_LINK_ORDER = 0x80;

/** The copy; indices and offsets of sections stay, each loaded one is named s_INDEX. */
export function linkerProof(elf: RawElf): Buffer {
  const copy = Buffer.from(elf.bytes);
  const names: string[] = [];
  let nameBytes = 0;
  for (const { index, name, type, flags, header } of elf.sections) {
    const loaded = (flags & SHF_ALLOC) !== 0;
    const newName = loaded ? `s_${index}` : name;
    copy.writeUInt32LE(nameBytes, header);
    names.push(newName);
    nameBytes += newName.length + 1;
    if (!loaded) continue;
    let cleared = SHF_MERGE_AND_STRINGS;
    if (type === SHT_NOTE || type === SHT_INIT_ARRAY || type === SHT_ARM_EXIDX) {
      copy.writeUInt32LE(SHT_PROGBITS, header + 4);
      if (type === SHT_ARM_EXIDX) cleared |= SHF_LINK_ORDER;
    }
    copy.writeUInt32LE(copy.readUInt32LE(header + 8) & ~cleared, header + 8);
  }
  const strings = Buffer.from(`${names.join('\0')}\0`, 'latin1');
  const header = elf.sections[elf.names]?.header ?? 0;
  const [offset, size] = elf.wide ? [header + 24, header + 32] : [header + 16, header + 20];
  copy.writeUInt32LE(copy.length, offset);
  copy.writeUInt32LE(strings.length, size);
  return Buffer.concat([copy, strings]);
}

/** `places` by section index; `symbols` by name. */
export function linkerScript(
  places: ReadonlyMap<number, bigint>,
  symbols: ReadonlyMap<string, bigint>,
): string {
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  return [
    ...[...symbols].map(([name, value]) => `"${name}" = ${hex(value)};`),
    'SECTIONS {',
    ...[...places].map(([index, at]) => `  sec_${index} ${hex(at)} : { *(s_${index}) }`),
    '  .ARM.attributes 0 : { *(.ARM.attributes) }',
    '  /DISCARD/ : { *(.BTF*) *(.comment) *(.note.GNU-stack) *(.debug*) *(.ARM.exidx) }',
    '}\n',
  ].join('\n');
}

/** e_machine to lld's name of an emulation. */
const emulations: ReadonlyMap<number, string> = new Map([
  [3, 'elf_i386'],
  [40, 'armelf_linux_eabi'],
  [62, 'elf_x86_64'],
  [183, 'aarch64linux'],
]);

/** Without relaxation, which would write better code than the compiler's. */
export function lldArguments(elf: RawElf, files: Record<'script' | 'input' | 'output', string>) {
  return [
    ...['-m', emulations.get(elf.machine) ?? 'unknown', '-N', '-e', '0', '--no-relax', '-O0'],
    ...['--build-id=none', '-z', 'norelro', '--no-check-sections', '-z', 'nognustack'],
    ...['--threads=1', '-T', files.script, '-o', files.output, files.input],
  ];
}

/** What lld made of the section that was `index`. */
export interface LldOutput {
  section(index: number): { readonly addr: bigint; readonly bytes: Buffer | number } | undefined;
  /** Loaded sections that we did not ask for: veneers would be there. */
  readonly extra: readonly string[];
}

const SHT_NOBITS = 8;

export function readOutput(file: Uint8Array): LldOutput {
  const { bytes, sections } = rawElf(file);
  const loaded = sections.filter(({ flags }) => (flags & SHF_ALLOC) !== 0);
  const byName = new Map(loaded.map((section) => [section.name, section]));
  return {
    section: (index) => {
      const found = byName.get(`sec_${index}`);
      if (found === undefined) return undefined;
      const { addr, type, offset, size } = found;
      return { addr, bytes: type === SHT_NOBITS ? size : bytes.subarray(offset, offset + size) };
    },
    extra: loaded.map(({ name }) => name).filter((name) => !/^sec_\d+$/.test(name)),
  };
}
