// What i386 and amd64 share about exceptions: vector numbers, which of them push
// an error code, and the flags that entry clears (Intel SDM volume 3, chapter 6).

import { type Addr, plus } from '../../base/address.ts';
import type { Cpu, RawEvent, VirtualMemory } from '../cpu.ts';

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
