// One object of the guest as debuggers see it, the kernel or a module: its symbols,
// its sections and where they are, and its debug information, read when somebody asks.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import { CallFrames, type CfiSection } from '../dwarf/cfi.ts';
import type { ExidxTable } from '../dwarf/exidx.ts';
import { openDwarf } from '../dwarf/info.ts';
import type { DebugInfo } from '../dwarf/model.ts';
import { once } from '../dwarf/once.ts';
import { Orc } from '../dwarf/orc.ts';
import type { KernelImage } from '../kernel/image.ts';
import type { SymbolTable } from '../kernel/symbols.ts';
import type { ModuleView } from '../kernel/view.ts';
import { LinkedDebugSections } from '../linker/debug-sections.ts';
import { loadBias, type Placed, sectionAddress } from '../linker/resolve.ts';
import { PF_X, SHF_ALLOC, SHT_ARM_EXIDX, SHT_NULL } from '../object/elf/constants.ts';
import type { ElfObject, ElfSection } from '../object/elf/model.ts';

/** Addresses from low up to, not including, high. */
export interface AddressSpan {
  readonly low: Addr;
  readonly high: Addr;
  readonly executable: boolean;
}

interface Parts {
  /** "kernel", or the module's name. */
  readonly name: string;
  /** undefined: the kernel. */
  readonly view: ModuleView | undefined;
  readonly placed: Placed | undefined;
  readonly object: ElfObject;
  readonly symbols: SymbolTable;
  /** The memory that is its own. */
  readonly spans: readonly AddressSpan[];
  readonly addressOf: (section: ElfSection) => Addr | undefined;
}

/** A section in memory; undefined: it was not loaded. */
export interface SectionPlace {
  readonly section: ElfSection;
  readonly address: Addr | undefined;
}

export class SourceObject {
  readonly name: string;
  readonly view: ModuleView | undefined;
  readonly object: ElfObject;
  readonly symbols: SymbolTable;
  readonly spans: readonly AddressSpan[];
  readonly #parts: Parts;
  readonly #arch: Arch;
  readonly #debug: LinkedDebugSections;
  readonly #bias: bigint;
  readonly #info = once(() => {
    const opened = openDwarf(this.#debug, this.#arch.wordBytes, { bias: this.#bias });
    return opened.ok ? opened.value : undefined;
  });
  readonly #sections = once(() =>
    this.object.sections
      .filter(isAllocated)
      .map((section) => ({ section, address: this.#parts.addressOf(section) })),
  );
  readonly #callFrames = once(() => this.#openCallFrames());
  readonly #orc = once(() => this.#openOrc());

  constructor(parts: Parts, arch: Arch) {
    const { name, view, object, symbols, spans, placed } = parts;
    this.name = name;
    this.view = view;
    this.object = object;
    this.symbols = symbols;
    this.spans = spans;
    this.#parts = parts;
    this.#arch = arch;
    this.#bias = placed === undefined ? 0n : loadBias(placed);
    this.#debug = new LinkedDebugSections({ object, arch, placed });
  }

  /** The file it came from. */
  get file(): string {
    return this.view?.file ?? this.name;
  }

  /** undefined: it has none that can be read. */
  get info(): DebugInfo | undefined {
    return this.#info();
  }

  get callFrames(): CallFrames {
    return this.#callFrames();
  }

  /** Linux's own unwind tables; undefined: it has none. */
  get orc(): Orc | undefined {
    return this.#orc();
  }

  /** Every SHF_ALLOC section in the order of the headers. */
  get sections(): readonly SectionPlace[] {
    return this.#sections();
  }

  holds(address: Addr): boolean {
    return this.spans.some(({ low, high }) => address >= low && address < high);
  }

  /** Whether the memory at an address is for code. */
  isCode(address: Addr): boolean {
    return this.spans.some((s) => s.executable && address >= s.low && address < s.high);
  }

  /** The table of .ARM.exidx that tells of the code at an address. */
  exidxAt(pc: Addr): ExidxTable | undefined {
    const tables = this.sections.filter(({ section }) => section.type === SHT_ARM_EXIDX);
    // Relocatable objects have one for each section of code, which it links to.
    const isAbout = ({ section }: SectionPlace): boolean => {
      const code = this.sections.find((each) => each.section.index === section.link);
      if (code?.address === undefined) return false;
      return pc >= code.address && pc < plus(code.address, code.section.size);
    };
    const found = tables.find(isAbout) ?? (tables.length === 1 ? tables[0] : undefined);
    return found?.address && { address: found.address, bytes: found.section.size };
  }

  /** A symbol of its own, exported or not. */
  symbolNamed(name: string): Addr | undefined {
    const { view } = this;
    if (view === undefined) return this.symbols.byName(name)?.address;
    return (view.globals.get(name) ?? view.locals.get(name))?.address;
  }

  #openOrc(): Orc | undefined {
    const place = this.sections.find(({ section }) => section.name === '.orc_unwind_ip');
    const [bytes, entries] = ['.orc_unwind_ip', '.orc_unwind'].map((name) => this.#debug.get(name));
    if (place?.address === undefined || bytes === undefined || entries === undefined)
      return undefined;
    return new Orc({ addresses: { address: place.address, bytes }, entries });
  }

  #openCallFrames(): CallFrames {
    const { wordBytes, dwarfRegisters, roles } = this.#arch;
    const found = (['.debug_frame', '.eh_frame'] as const).flatMap((name): CfiSection[] => {
      const bytes = this.#debug.get(name);
      const place = this.sections.find(({ section }) => section.name === name);
      const address = place?.address ?? 0n;
      return bytes === undefined ? [] : [{ name, bytes, address, bias: this.#bias }];
    });
    return new CallFrames(found, { wordBytes, stackPointer: dwarfRegisters.indexOf(roles.sp) });
  }
}

export function kernelObject({ object, symbols }: KernelImage, arch: Arch): SourceObject {
  const spans = object.segments
    .filter(({ memsz }) => memsz > 0)
    .map(({ vaddr, memsz, flags }) => {
      const executable = (flags & PF_X) !== 0;
      return { low: vaddr, high: plus(vaddr, memsz), executable };
    });
  const addressOf = ({ address }: ElfSection): Addr => address;
  const parts = { name: 'kernel', view: undefined, placed: undefined, object, symbols, spans };
  return new SourceObject({ ...parts, addressOf }, arch);
}

export function moduleObject(view: ModuleView, placed: Placed, arch: Arch): SourceObject {
  const { layout, bases, object } = placed;
  const { name, symbols } = view;
  const bias = loadBias(placed);
  // The sections of a shared object only name parts of what was loaded.
  const addressOf = ({ index, address }: ElfSection): Addr | undefined =>
    layout.linkedAt === undefined ? sectionAddress(layout, bases, index) : addr(address + bias);
  const spans = view.segments.map(({ base, bytes, executable }) => {
    return { low: base, high: plus(base, bytes), executable };
  });
  return new SourceObject({ name, view, placed, object, symbols, spans, addressOf }, arch);
}

function isAllocated({ type, flags, index, loads, name }: ElfSection): boolean {
  if (index === 0 || type === SHT_NULL || (flags & SHF_ALLOC) === 0) return false;
  // Of a shared object there is one more for each PT_LOAD, which no header has.
  return !(loads && name.startsWith('PT_LOAD '));
}
