// Linux modules written for tests, with just what a test is about: imports and
// their versions, exports in the encoding of the architecture, .modinfo.

import type { ArchName } from '../../src/arch/arch.ts';
import { architectures } from '../../src/arch/registry.ts';
import * as C from '../../src/object/elf/constants.ts';
import {
  cStringBytes,
  littleEndian,
  type RelocationSpec,
  type SectionSpec,
  type SymbolSpec,
  writeElf,
} from './elf-writer.ts';

/** A 32-bit absolute or whole-word pointer. */
export const pointerType = { i386: 1, amd64: 1, armv7: 2, aarch64: 257 } as const;
/** What an entry of __ksymtab is made of. */
const entryType = { i386: 2, amd64: 2, armv7: 2, aarch64: 261 } as const;

export interface ExportSpec {
  readonly name: string;
  readonly gpl?: boolean;
  readonly namespace?: string;
  readonly crc?: number;
}

export interface LinuxSpec {
  readonly name?: string;
  /** "key=value", without name=. */
  readonly modinfo?: readonly string[];
  readonly imports?: readonly string[];
  readonly versions?: Readonly<Record<string, number>>;
  readonly exports?: readonly ExportSpec[];
  readonly sections?: readonly SectionSpec[];
  readonly relocations?: readonly RelocationSpec[];
}

/** The bytes of such a module. */
export function linuxModule(name: ArchName, spec: LinuxSpec): Uint8Array {
  const arch = architectures[name];
  const { wordBytes, elfMachine: machine, addends } = arch;
  const imports = spec.imports ?? [];
  const sections: SectionSpec[] = [
    { name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: new Uint8Array(16), align: 4 },
    {
      name: '.data',
      flags: C.SHF_ALLOC | C.SHF_WRITE,
      bytes: new Uint8Array(Math.max(1, imports.length) * wordBytes),
      align: wordBytes,
    },
    {
      name: '.gnu.linkonce.this_module',
      flags: C.SHF_ALLOC | C.SHF_WRITE,
      bytes: new Uint8Array(256),
      align: 64,
    },
    {
      name: '.modinfo',
      bytes: [`name=${spec.name ?? 'module'}`, ...(spec.modinfo ?? [])].flatMap(cStringBytes),
    },
    ...(spec.sections ?? []),
  ];
  const symbols: SymbolSpec[] = imports.map((symbol) => ({ name: symbol }));
  const relocations: RelocationSpec[] = imports.map((symbol, i) => ({
    section: '.data',
    offset: i * wordBytes,
    type: pointerType[name],
    symbol,
  }));
  if (spec.versions !== undefined)
    sections.push({
      name: '__versions',
      bytes: Object.entries(spec.versions).flatMap(([symbol, crc]) => {
        const record = [...littleEndian(wordBytes, crc), ...cStringBytes(symbol)];
        return [...record, ...new Array<number>(64 - record.length).fill(0)];
      }),
    });
  addExports(spec.exports ?? [], name, { sections, symbols, relocations });
  relocations.push(...(spec.relocations ?? []));
  return writeElf({ wordBytes, machine, addends, sections, symbols, relocations });
}

interface Parts {
  readonly sections: SectionSpec[];
  readonly symbols: SymbolSpec[];
  readonly relocations: RelocationSpec[];
}

/** As modpost and the assembler leave them; REL modules refer to the section on ARM. */
function addExports(exports: readonly ExportSpec[], name: ArchName, parts: Parts): void {
  const strings: number[] = [];
  const text = (value: string): number => {
    const at = strings.length;
    strings.push(...cStringBytes(value));
    return at;
  };
  const isInPlace = architectures[name].addends === 'in-place';
  for (const gpl of [false, true]) {
    const own = exports.filter((each) => (each.gpl ?? false) === gpl);
    if (own.length === 0) continue;
    const section = gpl ? '__ksymtab_gpl' : '__ksymtab';
    const bytes: number[] = [];
    for (const each of own) {
      const offset = bytes.length;
      const at = [text(each.name), text(each.namespace ?? '')];
      parts.symbols.push(
        { name: each.name, section: '.text', type: C.STT_FUNC },
        { name: `__ksymtab_${each.name}`, section, value: offset, binding: C.STB_LOCAL },
      );
      const type = entryType[name];
      parts.relocations.push({ section, offset, type, symbol: each.name });
      at.forEach((addend, i) => {
        const place = { section, offset: offset + 4 + 4 * i, type };
        parts.relocations.push({ ...place, symbol: '__ksymtab_strings', addend });
      });
      bytes.push(...littleEndian(4, 0, ...at.map((addend) => (isInPlace ? addend : 0))));
    }
    parts.sections.push({ name: section, bytes, align: 4 });
    parts.sections.push({
      name: section.replace('ksymtab', 'kcrctab'),
      bytes: own.flatMap(({ crc }) => littleEndian(4, crc ?? 0)),
      align: 4,
    });
  }
  if (strings.length === 0) return;
  parts.sections.push({ name: '__ksymtab_strings', bytes: strings });
  parts.symbols.push({
    name: '__ksymtab_strings',
    section: '__ksymtab_strings',
    binding: C.STB_LOCAL,
  });
}
