// What i386 and amd64 share about exceptions: vector numbers, which of them push
// an error code, and the flags that entry clears (Intel SDM volume 3, chapter 6).

import { type Addr, addr, plus } from '../../base/address.ts';
import type { Cpu, Diagnosis, FaultState, RawEvent, VirtualMemory } from '../cpu.ts';

export const INVALID_OPCODE = 6;
export const DOUBLE_FAULT = 8;
/** Our interrupt controller presents every line on this vector. */
export const INTERRUPT_VECTOR = 32;
export const FLAG_IF = 1n << 9n;
/** TF, NT, RF, VM. */
export const CLEARED_FLAGS = 0x0003_4100n;

const errorCodes = new Set([8, 10, 11, 12, 13, 14, 17, 21]);

const names: Readonly<Record<number, string>> = {
  0: 'divide error',
  1: 'debug exception',
  3: 'breakpoint',
  4: 'overflow',
  5: 'bound range exceeded',
  6: 'invalid opcode',
  7: 'device not available',
  8: 'double fault',
  11: 'segment not present',
  12: 'stack-segment fault',
  13: 'general protection fault',
  14: 'page fault',
  16: 'x87 floating-point error',
  17: 'alignment check',
  19: 'SIMD floating-point exception',
};

export function vectorOf(event: RawEvent): number {
  return event.kind === 'interrupt' ? event.number : INVALID_OPCODE;
}

export function pushesErrorCode(vector: number): boolean {
  return errorCodes.has(vector);
}

export function describeVector(vector: number): string {
  return names[vector] ?? `interrupt ${vector}`;
}

const STI = 0xfbn;

/**
 * IF, and not in the shadow of sti: the instruction after it runs first, so that
 * `sti; hlt` cannot lose a wake-up.  A byte before `pc` that merely looks like
 * sti delays the interrupt by one block, which harms nothing.
 */
export function interruptsEnabled(cpu: Cpu, memory: VirtualMemory, pc: Addr): boolean {
  if ((cpu.read('eflags') & FLAG_IF) === 0n) return false;
  return memory.readWord(plus(pc, -1), 1) !== STI;
}

const PAGE_FAULT = 14;
const CODE_WRITE = 2;
const CODE_FETCH = 16;
const SIGSEGV = 11;
const signals: Readonly<Record<number, number>> = {
  0: 8,
  1: 5,
  3: 5,
  4: 8,
  5: 11,
  6: 4,
  7: 8,
  16: 8,
  17: 7,
  19: 8,
};

/** CR2 and the error code of a page fault (Intel SDM volume 3, section 4.7). */
export function diagnose(cpu: Cpu, event: RawEvent, { code }: FaultState): Diagnosis {
  const vector = vectorOf(event);
  const signal = signals[vector] ?? SIGSEGV;
  if (vector !== PAGE_FAULT) return { signal, access: undefined };
  const kind = code & CODE_FETCH ? 'execute' : code & CODE_WRITE ? 'write' : 'read';
  return { signal, access: { kind, address: addr(cpu.read('cr2')) } };
}
