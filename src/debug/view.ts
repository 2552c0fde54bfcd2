// The looking half of a debugger: what the guest's threads are doing, in which
// functions, at which source lines, with which variables, and what its memory is.
// It reads the guest as it stands, and changes nothing but what expressions assign.

import { type Addr, addr } from '../base/address.ts';
import type { FunctionInfo, SourceLine } from '../dwarf/model.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type ResolvedLocation, resolveLocation } from './locations.ts';
import type {
  Evaluated,
  LoadedObject,
  MemoryRegion,
  RegisterValue,
  StackFrame,
  ThreadInfo,
  ValueNode,
} from './model.ts';
import { loadedObject } from './objects.ts';
import { regionsOf } from './regions.ts';
import type { SourceObject } from './source-object.ts';
import { Sources } from './sources.ts';
import { type FrameOrigin, framesFrom, originOf } from './stack.ts';
import { Threads } from './threads.ts';
import { type RawFrame, type Start, Unwinder } from './unwind.ts';
import { evaluateIn, type GuestAccess, localsOf, staticsOf } from './values.ts';

export interface ViewOptions {
  readonly kernel: Kernel;
  /** All or nothing. */
  write(address: Addr, bytes: Uint8Array): boolean;
  /** Answers what is wrong. */
  writeRegister(name: string, bytes: Uint8Array): string | undefined;
  /** Those of the CPU, for names that the architecture's general registers have not. */
  registers(): readonly RegisterValue[];
}

const FRAME_LIMIT = 64;
/** "memcpy", "memcpy + 0x10". */
const CODE_SYMBOL = /^\s*([A-Za-z_][\w.]*)\s*(?:([+-])\s*(0x[\da-fA-F]+|\d+))?\s*$/;

export class View {
  readonly sources: Sources;
  readonly #kernel: Kernel;
  readonly #unwinder: Unwinder;
  readonly #threads: Threads;
  readonly #guest: GuestAccess;

  constructor(options: ViewOptions) {
    const { kernel } = options;
    const { arch } = kernel;
    const read = (address: bigint, bytes: number) => kernel.read(address, bytes);
    this.#kernel = kernel;
    this.sources = new Sources(kernel);
    this.#unwinder = new Unwinder(arch, this.sources, read);
    this.#threads = new Threads(kernel, this.sources);
    this.#guest = {
      ...{ arch, sources: this.sources, read },
      write: (address, bytes) => options.write(address, bytes),
      writeRegister: (name, bytes) => options.writeRegister(name, bytes),
      cpuRegister: (name) => cpuRegister(options, name),
      nameOf: (address) => this.nameOf(addr(address)),
      symbol: (name, near) => this.#symbol(name, near),
    };
  }

  threads(): readonly ThreadInfo[] {
    return this.#threads.list();
  }

  /** Innermost first, of the current thread or another one; none if there is no such thread. */
  frames(thread?: number, limit: number = FRAME_LIMIT): readonly StackFrame[] {
    const isCurrent = thread === undefined || thread === this.#threads.current;
    const start = isCurrent ? this.#cpu() : this.#threads.waiting(thread);
    if (start === undefined) return [];
    return framesFrom(this.#unwinder.first(start), this.#kernel.arch, limit);
  }

  /**
   * Of a frame of the CPU's thread as it stands: no further up the stack than needed,
   * for who steps.  Inlined functions return where the one returns that they are in.
   */
  callerOf(frame: number): { readonly returnsTo: Addr; readonly cfa: Addr } | undefined {
    let raw: RawFrame | undefined = this.#unwinder.first(this.#cpu());
    for (let left = frame; raw !== undefined; raw = raw.caller()) {
      left -= 1 + (left === 0 ? 0 : this.#inlinedIn(raw));
      if (left < 0) break;
    }
    const [cfa, caller] = [raw?.cfa(), raw?.caller()];
    if (cfa === undefined || caller === undefined) return undefined;
    return { returnsTo: caller.pc, cfa: addr(cfa) };
  }

  /** undefined: no code, or no lines are known of it. */
  lineAt(pc: Addr): SourceLine | undefined {
    return this.sources.at(pc)?.info?.lineAt(pc);
  }

  functionAt(pc: Addr): FunctionInfo | undefined {
    return this.sources.at(pc)?.info?.functionAt(pc);
  }

  /** undefined: nobody's memory. */
  objectAt(address: Addr): SourceObject | undefined {
    return this.sources.at(address);
  }

  /** "add+4", or undefined. */
  nameOf(address: Addr): string | undefined {
    const place = this.sources.at(address)?.symbols.at(address);
    if (place === undefined) return undefined;
    return place.offset === 0 ? place.symbol.name : `${place.symbol.name}+${place.offset}`;
  }

  /**
   * @param location as BreakpointSpec has it
   * @param currentFile for lines without a file; default: that of the innermost frame
   */
  resolveLocation(location: string, currentFile?: string): ResolvedLocation {
    return resolveLocation(location, {
      sources: this.sources,
      currentFile: currentFile ?? this.lineAt(this.#pc)?.file,
      evaluate: (expression) => this.#evaluateAddress(expression),
      nameOf: (address) => this.nameOf(addr(address)),
    });
  }

  locals(frame: StackFrame): readonly ValueNode[] {
    const origin = originOf(frame);
    return origin === undefined ? [] : localsOf(origin, this.#guest);
  }

  statics(frame: StackFrame): readonly ValueNode[] {
    const origin = originOf(frame);
    return origin === undefined ? [] : staticsOf(origin, this.#guest);
  }

  evaluate(expression: string, frame?: StackFrame): Evaluated {
    const origin = frame === undefined ? this.#innermost() : originOf(frame);
    return evaluateIn(expression, origin, this.#guest);
  }

  objects(): readonly LoadedObject[] {
    const live = new Set(this.#kernel.modules.map(({ view }) => view));
    return this.sources
      .all()
      .map((source) => loadedObject(source, source.view !== undefined && live.has(source.view)));
  }

  sourceFiles(): readonly string[] {
    return [...new Set(this.sources.all().flatMap(({ info }) => info?.files() ?? []))].sort();
  }

  regions(): readonly MemoryRegion[] {
    return regionsOf(this.#kernel, this.sources, this.#threads.stacks());
  }

  get #pc(): Addr {
    const { machine, arch } = this.#kernel;
    return arch.thumbState === undefined ? machine.pc : addr(machine.pc & ~1n);
  }

  #cpu(): Start {
    const { engine } = this.#kernel.machine;
    const { dwarfRegisters, roles } = this.#kernel.arch;
    const pc = this.#pc;
    // Frames may be kept while the guest runs on.
    const values = dwarfRegisters.map((name) => (name === roles.pc ? pc : engine.read(name)));
    return { pc, isCpu: true, register: (number) => values[number] };
  }

  #innermost(): FrameOrigin {
    const raw = this.#unwinder.first(this.#cpu());
    return { raw, inlineDepth: this.#inlinedIn(raw) };
  }

  #inlinedIn({ object, lookupPc }: RawFrame): number {
    return object?.info?.inlinedAt(lookupPc).length ?? 0;
  }

  /** An address, or what is wrong. */
  #evaluateAddress(expression: string): bigint | string {
    // Without debug information C would take the bytes of a function for its value.
    const [, name = '', sign = '+', offset = '0'] = CODE_SYMBOL.exec(expression) ?? [];
    const symbol = name === '' ? undefined : this.#symbol(name, undefined);
    if (symbol !== undefined && this.sources.at(symbol)?.isCode(symbol) === true)
      return sign === '+' ? symbol + BigInt(offset) : symbol - BigInt(offset);
    const done = this.evaluate(`(unsigned long)(${expression})`);
    return done.ok ? BigInt(done.value.text) : done.problem;
  }

  #symbol(name: string, near: RawFrame | undefined): Addr | undefined {
    const own = near?.object?.symbolNamed(name);
    if (own !== undefined) return own;
    for (const object of this.sources.all()) {
      const found = object.symbolNamed(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function cpuRegister(
  { kernel, registers }: ViewOptions,
  name: string,
): { readonly value: bigint; readonly bytes: 4 | 8 } | undefined {
  const general = kernel.arch.registers.find((register) => register.name === name);
  if (general !== undefined)
    return { value: kernel.machine.engine.read(name), bytes: general.bits === 64 ? 8 : 4 };
  const found = registers().find((register) => register.name === name);
  if (found === undefined || found.bits > 64) return undefined;
  const value = found.bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { value, bytes: found.bits > 32 ? 8 : 4 };
}
