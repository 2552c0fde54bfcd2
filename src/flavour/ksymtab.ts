// What a Linux module exports: entries of 12 bytes {value, name, namespace} in
// __ksymtab and __ksymtab_gpl, sorted by name, and the CRC of each in the section
// __kcrctab beside it.  An entry holds three offsets from itself or, on 32-bit
// ARM, three pointers: where it leads is S + A of its relocation either way.
// include/linux/export.h of Linux

import type { LinkArch } from '../arch/link-arch.ts';
import { cString, readUnsigned, viewOf } from '../base/bytes.ts';
import * as C from '../object/elf/constants.ts';
import {
  contentOf,
  type ElfObject,
  type ElfRelocations,
  type ElfSection,
} from '../object/elf/model.ts';
import type { ModuleExport } from './exports.ts';

export interface LinuxExport extends ModuleExport {
  /** Only modules that import this namespace may use it. */
  readonly namespace: string | undefined;
  /** Of its type, by genksyms; undefined: built without versions. */
  readonly crc: number | undefined;
}

const PREFIX = '__ksymtab_';
const ENTRY = 12;
const NAMESPACE = 8;

/** Symbols named __ksymtab_NAME mark the entries. */
export function readKsymtab(object: ElfObject, arch: LinkArch): readonly LinuxExport[] {
  const { symbols, sections } = object;
  const exports: LinuxExport[] = [];
  const relocations = new Map<number, ReadonlyMap<number, Spot>>();
  for (let i = 1; i < symbols.count; i++) {
    const section = sections[symbols.sectionAt(i)];
    if (section === undefined || section.index === C.SHN_UNDEF) continue;
    if (!/^_?__ksymtab(?!_strings)/.test(section.name)) continue;
    const name = symbols.nameAt(i);
    if (!name.startsWith(PREFIX)) continue;
    let spots = relocations.get(section.index);
    if (spots === undefined) {
      spots = spotsIn(object, section, arch);
      relocations.set(section.index, spots);
    }
    const offset = Number(symbols.valueAt(i));
    exports.push({
      name: name.slice(PREFIX.length),
      gpl: section.name.includes('_gpl'),
      namespace: textAt(object, spots.get(offset + NAMESPACE)) || undefined,
      crc: crcOf(object, section, offset),
    });
  }
  return exports;
}

interface Spot {
  readonly symbol: number;
  readonly addend: bigint;
}

/** By offset in `section`: what its relocations refer to. */
function spotsIn(
  object: ElfObject,
  section: ElfSection,
  arch: LinkArch,
): ReadonlyMap<number, Spot> {
  const content = viewOf(contentOf(object, section));
  const spots = new Map<number, Spot>();
  for (const table of object.relocations) {
    if (table.target.index !== section.index) continue;
    for (let i = 0; i < table.count; i++) {
      const addend = addendOf(table, i, content, arch);
      if (addend !== undefined) spots.set(table.offsetAt(i), { symbol: table.symbolAt(i), addend });
    }
  }
  return spots;
}

function addendOf(
  table: ElfRelocations,
  i: number,
  content: DataView,
  arch: LinkArch,
): bigint | undefined {
  const field = arch.relocations.get(table.typeAt(i))?.field;
  const offset = table.offsetAt(i);
  if (field?.bytes !== 4 || offset + 4 > content.byteLength) return undefined;
  if (table.addends === 'in-record') return table.addendAt(i);
  return field.extract(readUnsigned(content, offset, 4));
}

function textAt(object: ElfObject, spot: Spot | undefined): string | undefined {
  if (spot === undefined) return undefined;
  const section = object.sections[object.symbols.sectionAt(spot.symbol)];
  if (section === undefined) return undefined;
  const offset = object.symbols.valueAt(spot.symbol) + spot.addend;
  return cString(contentOf(object, section), Number(BigInt.asIntN(64, offset)));
}

/** The CRC table has the order of the entries. */
function crcOf(object: ElfObject, section: ElfSection, offset: number): number | undefined {
  const name = section.name.replace('ksymtab', 'kcrctab');
  const table = object.sections.find((each) => each.name === name);
  if (table === undefined || offset % ENTRY !== 0) return undefined;
  const content = contentOf(object, table);
  const at = (offset / ENTRY) * 4;
  return at + 4 <= content.length ? viewOf(content).getUint32(at, true) : undefined;
}
