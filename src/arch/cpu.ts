// What an architecture may ask of the CPU that runs it: registers by
// name, and what only an exception leaves behind.  engine/ implements it, so
// that src/arch imports nothing above base.

import type { Addr } from '../base/address.ts';
import type { Translation } from './arch.ts';

/**
 * An ARM system register by its encoding: op0, op1, CRn, CRm, op2 of AArch64's
 * MRS; on ARMv7 op0 is the coprocessor of MRC (p15).
 */
export interface SystemRegister {
  readonly op0: number;
  readonly op1: number;
  readonly crn: number;
  readonly crm: number;
  readonly op2: number;
}

/** A descriptor-table register or segment of x86. */
export interface TableRegister {
  readonly selector: number;
  readonly base: Addr;
  readonly limit: number;
}

export interface Cpu {
  /** The register's value, zero-extended to 64 bits. */
  read(name: string): bigint;
  write(name: string, value: bigint): void;
  readSystem(register: SystemRegister): bigint;
  writeSystem(register: SystemRegister, value: bigint): void;
  /** x86: idtr, gdtr, tr. */
  readTable(name: string): TableRegister;
}

/** What the CPU noticed; `number` is the engine's interrupt number. */
export type RawEvent =
  | { readonly kind: 'interrupt'; readonly number: number }
  | { readonly kind: 'undefined-instruction' };

/** What an exception left in the CPU state that no register shows. */
export interface FaultState {
  /** x86: the error code.  ARM: the syndrome (AArch64 ESR, ARMv7 FSR). */
  readonly code: number;
  /** ARM: the faulting address.  x86 has CR2. */
  readonly address: Addr;
  /** No exception at all, but a hint (yield, wfe) that is done already. */
  readonly hint: boolean;
}

/** Memory as the exception entry sees it: through the live page tables. */
export interface VirtualMemory {
  translate(address: Addr): Translation | undefined;
  /** A byte or little-endian word; undefined when unmapped. */
  readWord(address: Addr, bytes: 1 | 4 | 8): bigint | undefined;
  /** False when unmapped or read-only. */
  writeWord(address: Addr, bytes: 4 | 8, value: bigint): boolean;
}

/** The handler could not be entered; real hardware would reset or lock up. */
export interface EntryFailure {
  readonly kind: 'entry-failure';
  readonly reason: string;
}

export type Entry = { readonly kind: 'entered'; readonly pc: Addr } | EntryFailure;

/** What kind of fault an exception is. */
export interface Diagnosis {
  /** As POSIX numbers it: SIGSEGV 11, SIGILL 4, SIGFPE 8, SIGTRAP 5, SIGBUS 7, SIGSYS 31. */
  readonly signal: number;
  /** The access that the page tables did not allow. */
  readonly access:
    | { readonly kind: 'read' | 'write' | 'execute'; readonly address: Addr }
    | undefined;
}

/**
 * How the CPU enters its handlers: Unicorn never vectors exceptions, so the
 * machine does what the manual says the CPU would do, and the guest's own iret,
 * eret or movs takes it back.
 */
export interface Exceptions {
  /** Once, before the first instruction: what reset leaves undone. */
  reset(cpu: Cpu): void;
  /** Whether an external interrupt would be taken before the instruction at `pc`. */
  interruptsEnabled(cpu: Cpu, memory: VirtualMemory, pc: Addr): boolean;
  /** Enters the handler of `event` that happened with the PC at `pc`. */
  enter(cpu: Cpu, memory: VirtualMemory, event: RawEvent, pc: Addr, fault: FaultState): Entry;
  /** Enters the handler of external interrupts. */
  enterInterrupt(cpu: Cpu, memory: VirtualMemory, pc: Addr): Entry;
  /** A word for people about an event: "page fault", "data abort". */
  describe(event: RawEvent): string;
  /** What a debugger says of an event, before its handler is entered. */
  diagnose(cpu: Cpu, event: RawEvent, fault: FaultState): Diagnosis;
}
