// THE SEAM: what modbox knows about an architecture.  One constant record per
// architecture, built in src/arch/<name>/ from files of the same names; generic
// code asks for a property and never for a name.
//
// To add an architecture: relocations.ts (its psABI table), veneers.ts (for branches
// that do not reach, and for indirect functions), registers.ts (in the order of gdb's
// g packet), debug-registers.ts (all that debuggers show), frames.ts (how functions keep
// track of their callers), paging.ts (the table walk), exceptions.ts (how the CPU enters
// a handler), description.ts (the record), a line in registry.ts, and guest/arch/<name>/
// with the same file names as its neighbours.

import type { Addr, PhysAddr } from '../base/address.ts';
import type { Cpu, Exceptions, VirtualMemory } from './cpu.ts';
import type { DebugDescription } from './debug-registers.ts';
import type { RelocationRule } from './relocation.ts';
import type { IndirectStub, Veneers } from './veneer.ts';

export const archNames = ['i386', 'amd64', 'armv7', 'aarch64'] as const;
export type ArchName = (typeof archNames)[number];

/** A register as the manual and debuggers name it. */
export interface Register {
  readonly name: string;
  readonly bits: 32 | 64;
}

/** Reads one naturally aligned word of physical memory; undefined outside RAM. */
export type ReadPhysical = (address: PhysAddr, bytes: 4 | 8) => bigint | undefined;

/** What the page tables say of one virtual address. */
export interface Translation {
  readonly physical: PhysAddr;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** What one entry of the page tables maps: a page, a large page, a section. */
export interface MappedPage extends Translation {
  readonly address: Addr;
  readonly bytes: number;
}

/** How C functions get their arguments and give their results. */
export interface CallingConvention {
  /** CALL_* of guest/include/modbox/wire.h. */
  readonly wire: number;
  readonly name: string;
  /** Whether a 64-bit value on this 32-bit machine starts at an even word. */
  readonly alignsPairs: boolean;
}

/** How functions keep track of their callers, for code that nothing else is known of. */
export interface Frames {
  /** The register that points at the caller's, with the return address one word above. */
  readonly pointer: string;
  /** Those that a function gives back as they were, by name; others are lost in a call. */
  readonly kept: ReadonlySet<string>;
  /** The register with the return address at a function's entry; undefined: it is on the stack. */
  readonly link: string | undefined;
  /** Whether the CFA is behind those two words; else there may be anything between. */
  readonly recordAtTop: boolean;
  /**
   * Whether a function keeps a frame pointer: `pushed` bytes from its entry the
   * caller's is on the stack, `set` bytes from it the register is its own.
   *
   * @param code 64 bytes from its entry
   */
  pointerKept(code: DataView): { readonly pushed: number; readonly set: number } | undefined;
  /** Whether the last of these 8 bytes of code are a call. */
  endsWithCall(code: Uint8Array): boolean;
  /**
   * What is left of building or leaving a frame, read off the instructions: compilers
   * may describe frames only as they are between.  undefined: they always describe all.
   */
  readonly unsettled?: {
    /** @param code from a function's entry up to the pc, and some more */
    entering(code: DataView, pc: number): FrameChange | undefined;
    /** @param code from the pc */
    leaving(code: DataView): FrameChange | undefined;
  };
}

export interface FrameChange {
  /** How far the CFA lies behind the stack pointer. */
  readonly cfa: number;
  /** Where registers of the caller are, from the stack pointer. */
  readonly saved: ReadonlyMap<string, number>;
  /** It ends with a branch to here, from the pc; that it leaves the function must be seen. */
  readonly branch?: number;
}

export interface AddressMap {
  /** Where the kernel window begins; RAM's first byte appears there. */
  readonly kernelBase: Addr;
  readonly ramBase: PhysAddr;
  /** Near the kernel, so that a branch between it and a module reaches. */
  readonly modulesStart: Addr;
  readonly modulesEnd: Addr;
}

/** A state of the CPU that says of the next instructions whether they are executed. */
export interface Predication {
  /** What the instruction at `pc` makes the state; 0: it does not. */
  begins(memory: VirtualMemory, pc: Addr): number;
  /** Of the next instruction, and those after it; 0: none is predicated. */
  read(cpu: Cpu): number;
  write(cpu: Cpu, state: number): void;
  /** Whether the next instruction is executed in a state that is not 0. */
  holds(cpu: Cpu, state: number): boolean;
  /** How long the instruction at `pc` is. */
  bytesAt(memory: VirtualMemory, pc: Addr): number;
  /** The instruction that predicates the one at an address; the address itself if none does. */
  startOf(memory: VirtualMemory, address: Addr): Addr;
}

export interface Arch {
  readonly name: ArchName;
  readonly elfMachine: number;
  readonly elfMachineName: string;
  readonly wordBytes: 4 | 8;
  /** Where a section without its own addend finds it: REL or RELA by habit. */
  readonly addends: 'in-place' | 'in-record';
  readonly relocations: ReadonlyMap<number, RelocationRule>;
  /** undefined: every branch reaches everything. */
  readonly veneers: Veneers | undefined;
  readonly indirectStub: IndirectStub;
  readonly map: AddressMap;
  /** General registers, pc, sp and flags, in gdb's order. */
  readonly registers: readonly Register[];
  /** The names of those that DWARF numbers, by that number. */
  readonly dwarfRegisters: readonly string[];
  /** What debuggers show and call it. */
  readonly debug: DebugDescription;
  readonly frames: Frames;
  readonly roles: {
    readonly pc: string;
    readonly sp: string;
    readonly bootArgument: string;
    /** Where a function leaves a result of one word. */
    readonly result: string;
  };
  readonly conventions: {
    readonly native: CallingConvention;
    /** What Debian's Linux modules of this architecture were built with. */
    readonly linux: CallingConvention;
  };
  /** Walks the live page tables for one address. */
  translate(cpu: Cpu, read: ReadPhysical, address: Addr): Translation | undefined;
  /** All that the live page tables map, lowest first; nothing while paging is off. */
  mapped(cpu: Cpu, read: ReadPhysical): Iterable<MappedPage>;
  readonly exceptions: Exceptions;
  /**
   * Where the call that was just executed returns to; undefined: the instruction at
   * `pc`, with the stack pointer at `sp` before it, was no call.
   */
  calledFrom(cpu: Cpu, memory: VirtualMemory, pc: Addr, sp: Addr): Addr | undefined;
  /** Whether an instruction, given by its bytes, waits for an interrupt: hlt, wfi. */
  isWait(code: Uint8Array): boolean;
  /** In Thumb code: IT blocks. */
  readonly predication?: Predication;
  /** Whether the CPU runs Thumb code, whose PC the engine takes with bit 0 set. */
  readonly thumbState?: (cpu: Cpu) => boolean;
}
