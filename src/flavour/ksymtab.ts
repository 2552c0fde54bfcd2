// What a Linux module exports: entries of 12 bytes {value, name, namespace} in
// __ksymtab and __ksymtab_gpl, sorted by name, and the CRC of each in the section
// __kcrctab beside it.  An entry holds three offsets from itself or, on 32-bit
// ARM, three pointers: where it leads is S + A of its relocation either way.
// include/linux/export.h of Linux

import type { LinkArch } from '../arch/link-arch.ts';
import { readUnsigned, viewOf } from '../base/bytes.ts';
import * as C from '../object/elf/constants.ts';
import {
  contentOf,
  type ElfObject,
  type ElfRelocations,
  type ElfSection,
} from '../object/elf/model.ts';
import type { ModuleExport } from './exports.ts';
import { stringAt } from './pointers.ts';
import { RelocationIndex } from './relocation-index.ts';

export interface LinuxExport extends ModuleExport {
  /** Only modules that import this namespace may use it. */
  readonly namespace: string | undefined;
  /** Of its type, by genksyms; undefined: built without versions. */
  readonly crc: number | undefined;
}

const PREFIX = '__ksymtab_';
const ENTRY = 12;
const NAMESPACE = 8;
/** The kernel's longest is 24. */
const MOST_TEXT = 255;

/** Symbols named __ksymtab_NAME mark the entries. */
export function readKsymtab(object: ElfObject, arch: LinkArch): readonly LinuxExport[] {
  const { symbols, sections } = object;
  const exports: LinuxExport[] = [];
  const index = new RelocationIndex(object);
  const relocations = new Map<number, ReadonlyMap<number, Spot>>();
  const crcTables = crcTablesOf(object);
  for (let i = 1; i < symbols.count; i++) {
    const section = sections[symbols.sectionAt(i)];
    if (section === undefined || section.index === C.SHN_UNDEF) continue;
    if (!/^_?__ksymtab(?!_strings)/.test(section.name)) continue;
    const name = symbols.nameAt(i);
    if (!name.startsWith(PREFIX)) continue;
    let spots = relocations.get(section.index);
    if (spots === undefined) {
      spots = spotsIn(object, section, index, arch);
      relocations.set(section.index, spots);
    }
    const offset = Number(symbols.valueAt(i));
    exports.push({
      name: name.slice(PREFIX.length),
      gpl: section.name.includes('_gpl'),
      namespace: textAt(object, spots.get(offset + NAMESPACE)) || undefined,
      crc: crcOf(object, crcTables.get(section.name.replace('ksymtab', 'kcrctab')), offset),
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
  index: RelocationIndex,
  arch: LinkArch,
): ReadonlyMap<number, Spot> {
  const content = viewOf(contentOf(object, section));
  const spots = new Map<number, Spot>();
  for (const table of index.of(section)) {
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
  return stringAt(object, { section, offset: Number(BigInt.asIntN(64, offset)) }, MOST_TEXT);
}

/** The first section of each name. */
function crcTablesOf({ sections }: ElfObject): ReadonlyMap<string, ElfSection> {
  const tables = new Map<string, ElfSection>();
  for (const section of sections)
    if (section.name.includes('kcrctab') && !tables.has(section.name))
      tables.set(section.name, section);
  return tables;
}

/** The CRC table has the order of the entries. */
function crcOf(
  object: ElfObject,
  table: ElfSection | undefined,
  offset: number,
): number | undefined {
  if (table === undefined || offset % ENTRY !== 0) return undefined;
  const content = contentOf(object, table);
  const at = (offset / ENTRY) * 4;
  return at + 4 <= content.length ? viewOf(content).getUint32(at, true) : undefined;
}
