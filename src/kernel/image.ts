// The boot loader: puts a kernel image, its symbol table and the boot information
// into RAM, as firmware would, and reads the kernel's export lists.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr, alignUp, offsetIn, phys } from '../base/address.ts';
import { assert, type Result, refuse, succeed } from '../base/result.ts';
import type { Machine } from '../machine/machine.ts';
import { PT_LOAD, SHN_ABS, SHN_UNDEF, STT_FILE, STT_SECTION } from '../object/elf/constants.ts';
import type { ElfObject, ElfSegment } from '../object/elf/model.ts';
import { describeElfProblem } from '../object/elf/problems.ts';
import { readElf } from '../object/elf/reader.ts';
import { SymbolTable } from './symbols.ts';
import * as wire from './wire.ts';

export interface KernelImage {
  readonly object: ElfObject;
  readonly symbols: SymbolTable;
  /** link_set_exports: what native modules may use. */
  readonly exports: ReadonlyMap<string, Addr>;
  /** link_set_linux_exports and link_set_linux_gpl_exports: what Linux modules may use. */
  readonly linuxExports: ReadonlyMap<string, Addr>;
  /** Those of them that are for modules under the GPL only. */
  readonly gplOnly: ReadonlySet<string>;
}

const PAGE = 4096;

/** Reads a kernel image; the strings say why it is none. */
export function readImage(bytes: Uint8Array, arch: Arch): Result<KernelImage, string> {
  const read = readElf(bytes);
  if (!read.ok) return refuse(read.problems.map((each) => describeElfProblem(each)));
  const object = read.value;
  if (object.machine !== arch.elfMachine || object.type !== 'executable')
    return refuse([`the kernel image is not an executable for ${arch.name}`]);
  const symbols = symbolsOf(object);
  const gpl = readExports(object, symbols, arch, 'linux_gpl_exports');
  return succeed({
    object,
    symbols,
    exports: readExports(object, symbols, arch, 'exports'),
    linuxExports: new Map([...readExports(object, symbols, arch, 'linux_exports'), ...gpl]),
    gplOnly: new Set(gpl.keys()),
  });
}

/** Page aligned. */
export interface AddressRange {
  readonly start: Addr;
  readonly end: Addr;
}

/** What the boot information tells the kernel. */
export interface BootInfo {
  readonly watchdogNs: number;
  /** Where modules go; undefined: near the kernel, so that branches reach it. */
  readonly modulesAt?: AddressRange | undefined;
  /** BOOT_* of wire.h; default none. */
  readonly flags?: number;
}

/** Loads the image and starts the CPU at its entry point. */
export function loadImage(machine: Machine, image: KernelImage, info: BootInfo): void {
  const { memory, arch } = machine;
  let end = memory.base;
  for (const segment of loadable(image.object)) {
    const at = memory.offset(phys(segment.paddr), segment.memsz);
    assert(at !== undefined, 'the kernel image fits into RAM');
    memory.ram.set(
      image.object.bytes.subarray(segment.offset, segment.offset + segment.filesz),
      at,
    );
    memory.ram.fill(0, at + segment.filesz, at + segment.memsz);
    end = phys(Math.max(end, Number(segment.paddr) + segment.memsz));
  }
  const place = (bytes: number, align: number): number => {
    const start = alignUp(end, align);
    end = phys(start + bytes);
    const at = memory.offset(phys(start), bytes);
    assert(at !== undefined, 'boot data fits into RAM');
    return at;
  };
  const table = image.symbols.encode();
  const tableAt = place(table.length, PAGE);
  memory.ram.set(table, tableAt);
  const infoAt = place(wire.bootinfo.bytes, PAGE);
  const free = alignUp(end, PAGE);

  const { fields } = wire.bootinfo;
  const { view } = memory;
  wire.put64(view, infoAt, fields.magic, wire.WIRE_MAGIC);
  wire.put32(view, infoAt, fields.version, wire.WIRE_VERSION);
  wire.put32(view, infoAt, fields.flags, info.flags ?? 0);
  wire.put64(view, infoAt, fields.ram_pa, BigInt(memory.base));
  wire.put64(view, infoAt, fields.ram_bytes, BigInt(memory.ram.length));
  wire.put64(view, infoAt, fields.free_pa, BigInt(free));
  wire.put64(view, infoAt, fields.symbols_pa, BigInt(memory.base + tableAt));
  wire.put64(view, infoAt, fields.symbols_bytes, BigInt(table.length));
  wire.put64(view, infoAt, fields.init_budget_ns, BigInt(info.watchdogNs));
  const modules = info.modulesAt ?? { start: arch.map.modulesStart, end: arch.map.modulesEnd };
  wire.put64(view, infoAt, fields.modules_start, modules.start);
  wire.put64(view, infoAt, fields.modules_end, modules.end);
  machine.start(entryOf(image.object, arch), BigInt(memory.base + infoAt));
}

function loadable(object: ElfObject): readonly ElfSegment[] {
  return object.segments.filter((segment) => segment.type === PT_LOAD && segment.memsz > 0);
}

/** The entry point is a virtual address; the CPU starts with paging off. */
function entryOf(object: ElfObject, arch: Arch): Addr {
  const segment = loadable(object).find(
    ({ vaddr, memsz }) => object.entry >= vaddr && offsetIn(vaddr, object.entry) < memsz,
  );
  assert(segment !== undefined, `the ${arch.name} kernel's entry lies in a segment`);
  return addr(object.entry - segment.vaddr + segment.paddr);
}

function symbolsOf(object: ElfObject): SymbolTable {
  const entries = [];
  const { symbols } = object;
  for (let i = 1; i < symbols.count; i++) {
    const section = symbols.sectionAt(i);
    const type = symbols.typeAt(i);
    if (section === SHN_UNDEF || section === SHN_ABS) continue;
    if (type === STT_SECTION || type === STT_FILE) continue;
    const name = symbols.nameAt(i);
    if (name === '' || name.startsWith('$') || name.startsWith('.L')) continue;
    entries.push({ name, address: addr(symbols.valueAt(i)), size: symbols.sizeAt(i) });
  }
  return new SymbolTable(entries);
}

/** A linker set of pointers to struct kernel_export {name, address}. */
function readExports(
  object: ElfObject,
  symbols: SymbolTable,
  arch: Arch,
  set: string,
): ReadonlyMap<string, Addr> {
  const exports = new Map<string, Addr>();
  const start = symbols.byName(`__start_link_set_${set}`)?.address;
  const stop = symbols.byName(`__stop_link_set_${set}`)?.address;
  if (start === undefined || stop === undefined) return exports;
  const step = BigInt(arch.wordBytes);
  for (let at = start as bigint; at < stop; at += step) {
    const entry = wordAt(object, at, arch);
    exports.set(
      stringAt(object, wordAt(object, entry, arch)),
      addr(wordAt(object, entry + step, arch)),
    );
  }
  return exports;
}

function offsetOf(object: ElfObject, address: bigint, bytes: number): number {
  for (const segment of loadable(object)) {
    const offset = offsetIn(segment.vaddr, addr(address));
    if (offset >= 0 && offset + bytes <= segment.filesz) return segment.offset + offset;
  }
  throw new Error(`bug in modbox: the kernel image has nothing at 0x${address.toString(16)}`);
}

function wordAt(object: ElfObject, address: bigint, arch: Arch): bigint {
  const at = offsetOf(object, address, arch.wordBytes);
  const view = new DataView(object.bytes.buffer, object.bytes.byteOffset + at, arch.wordBytes);
  return arch.wordBytes === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
}

function stringAt(object: ElfObject, address: bigint): string {
  const at = offsetOf(object, address, 1);
  return new TextDecoder().decode(object.bytes.subarray(at, object.bytes.indexOf(0, at)));
}
