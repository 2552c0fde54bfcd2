// C compiled with debug information, placed as a kernel would place it, and opened.
// Lines of the source are found by what is written on them: lineOf(source, 'MARK').

import type { ArchName } from '../../src/arch/arch.ts';
import { architectures } from '../../src/arch/registry.ts';
import { type Addr, alignUp, plus } from '../../src/base/address.ts';
import { openDwarf } from '../../src/dwarf/info.ts';
import type { DebugInfo } from '../../src/dwarf/model.ts';
import { LinkedDebugSections } from '../../src/linker/debug-sections.ts';
import { type LinkedImage, type LinkedSegment, link, planLayout } from '../../src/linker/link.ts';
import { sectionAddress } from '../../src/linker/resolve.ts';
import { readElf } from '../../src/object/elf/reader.ts';
import { compileObject } from './compiler.ts';

export interface DebugObject {
  readonly info: DebugInfo;
  readonly sections: LinkedDebugSections;
  readonly wordBytes: 4 | 8;
  readonly segments: readonly LinkedSegment[];
  /** Where the first section of this name was placed. */
  sectionAddress(name: string): Addr;
  sectionBytes(name: string): number;
  /** undefined: not all of it is the object's. */
  memory(address: bigint, bytes: number): Uint8Array | undefined;
  /** "table+4", of a symbol that has a size. */
  symbolAt(address: bigint): string | undefined;
}

/** The file that the compiler is told the source is. */
export const SOURCE_FILE = 'samples/sample.c';

export function debugObject(
  name: ArchName,
  source: string,
  flags: readonly string[] = ['-O0'],
  base?: Addr,
): DebugObject {
  const bytes = compileObject(name, `# 1 "${SOURCE_FILE}"\n${source}`, ['-g', ...flags]);
  const placed = place(name, bytes, base);
  const { arch, object, layout, bases } = placed;
  const sections = new LinkedDebugSections({ object, arch, placed: { layout, bases } });
  const opened = openDwarf(sections, arch.wordBytes);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const { symbols, segments } = linkedAt(placed);
  return {
    info: opened.value,
    segments,
    sections,
    wordBytes: arch.wordBytes,
    sectionAddress: (wanted) => {
      const index = object.sections.findIndex((section) => section.name === wanted);
      const address = sectionAddress(layout, bases, index);
      if (address === undefined) throw new Error(`no ${wanted}`);
      return address;
    },
    sectionBytes: (wanted) => object.sections.find((s) => s.name === wanted)?.size ?? 0,
    memory: memoryOf(placed),
    symbolAt: (address) => {
      const found = symbols.find((s) => s.address <= address && address < plus(s.address, s.size));
      const offset = address - (found?.address ?? 0n);
      return found && (offset === 0n ? found.name : `${found.name}+${offset}`);
    },
  };
}

/** The line, from 1, on which `mark` is written. */
export function lineOf(source: string, mark: string): number {
  const index = source.split('\n').findIndex((line) => line.includes(mark));
  if (index < 0) throw new Error(`no ${mark}`);
  return index + 1;
}

/** Assembly, linked where a kernel would place it. */
export function assembleObject(
  name: ArchName,
  source: string,
): {
  /** undefined: not all of it is the object's. */
  memory(address: bigint, bytes: number): Uint8Array | undefined;
  addressOf(section: string): Addr;
  sizeOf(section: string): number;
} {
  const placed = place(name, compileObject(name, source, [], 'assembler'));
  return {
    memory: memoryOf(placed),
    addressOf: (section) => {
      const address = linkedAt(placed).sectionAddress(section);
      if (address === undefined) throw new Error(`no ${section}`);
      return address;
    },
    sizeOf: (section) => placed.object.sections.find((each) => each.name === section)?.size ?? 0,
  };
}

type Placed = ReturnType<typeof place>;

/** Whatever the object does not define is in the kernel. */
function linkedAt({ object, arch, layout, bases }: Placed): LinkedImage {
  const lookup = () => ({ address: arch.map.kernelBase });
  const linked = link({ object, arch, layout, bases, lookup });
  if (!linked.ok) throw new Error(linked.problems.map(({ kind }) => kind).join());
  return linked.value;
}

function memoryOf(placed: Placed): DebugObject['memory'] {
  const { segments } = linkedAt(placed);
  return (address, size) => {
    const end = address + BigInt(size);
    const holds = segments.find((s) => s.base <= address && end <= plus(s.base, s.bytes.length));
    if (holds === undefined) return undefined;
    const offset = Number(address - holds.base);
    return holds.bytes.subarray(offset, offset + size);
  };
}

function place(name: ArchName, bytes: Uint8Array, from?: Addr) {
  const arch = architectures[name];
  const read = readElf(bytes);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const object = read.value;
  const planned = planLayout(object, arch);
  if (!planned.ok) throw new Error(planned.problems.map(({ kind }) => kind).join());
  const layout = planned.value;
  let next = from ?? arch.map.modulesStart;
  const bases = layout.segments.map(({ bytes: size, align }) => {
    const base = next;
    next = plus(base, alignUp(size, Math.max(align, 4096)));
    return base;
  });
  return { arch, object, layout, bases };
}
