// How an i386 CPU enters a handler in protected mode (Intel SDM volume 3, section
// 6.12): gate from the IDT, three words and the error code pushed on the current
// stack.  Our kernels stay in ring 0; a change of privilege is refused.

import { type Addr, addr, formatAddr, plus } from '../../base/address.ts';
import type { Cpu, Entry, Exceptions, FaultState, RawEvent, VirtualMemory } from '../cpu.ts';
import {
  CLEARED_FLAGS,
  DOUBLE_FAULT,
  describeVector,
  FLAG_IF,
  INTERRUPT_VECTOR,
  interruptsEnabled,
  pushesErrorCode,
  vectorOf,
} from '../x86/vectors.ts';

const INTERRUPT_GATE = 0xe;

/** One attempt at one vector; the string says why it failed. */
function attempt(
  cpu: Cpu,
  memory: VirtualMemory,
  vector: number,
  pc: Addr,
  code: number,
): Addr | string {
  const { base, limit } = cpu.readTable('idtr');
  if (vector * 8 + 7 > limit) return `vector ${vector} is beyond the IDT`;
  const low = memory.readWord(plus(base, vector * 8), 4);
  const high = memory.readWord(plus(base, vector * 8 + 4), 4);
  if (low === undefined || high === undefined) return 'the IDT is unmapped';
  if (((high >> 15n) & 1n) === 0n) return `the gate of vector ${vector} is not present`;
  const cs = cpu.read('cs');
  if (low >> 16n !== cs) return `the gate of vector ${vector} changes the code segment`;
  const flags = cpu.read('eflags');
  const words = [flags, cs, pc];
  if (pushesErrorCode(vector)) words.push(BigInt(code));
  let sp = addr(cpu.read('esp'));
  for (const word of words) {
    sp = addr((sp - 4n) & 0xffff_ffffn);
    if (!memory.writeWord(sp, 4, word)) return `no stack at ${formatAddr(sp)}`;
  }
  cpu.write('esp', sp);
  const interruptGate = Number((high >> 8n) & 0xfn) === INTERRUPT_GATE;
  cpu.write('eflags', (interruptGate ? flags & ~FLAG_IF : flags) & ~CLEARED_FLAGS);
  return addr((high & 0xffff_0000n) | (low & 0xffffn));
}

/** A handler that cannot be entered is a double fault; that failing, the end. */
function enterVector(
  cpu: Cpu,
  memory: VirtualMemory,
  vector: number,
  pc: Addr,
  code: number,
): Entry {
  const first = attempt(cpu, memory, vector, pc, code);
  if (typeof first !== 'string') return { kind: 'entered', pc: first };
  const second = attempt(cpu, memory, DOUBLE_FAULT, pc, 0);
  if (typeof second !== 'string') return { kind: 'entered', pc: second };
  return {
    kind: 'entry-failure',
    reason: `triple fault: ${describeVector(vector)} at ${formatAddr(pc, 4)}, but ${first}; double fault: ${second}`,
  };
}

export const exceptions: Exceptions = {
  reset: () => {},
  interruptsEnabled,
  enter: (cpu: Cpu, memory: VirtualMemory, event: RawEvent, pc: Addr, fault: FaultState) =>
    enterVector(cpu, memory, vectorOf(event), pc, fault.code),
  enterInterrupt: (cpu, memory, pc) => enterVector(cpu, memory, INTERRUPT_VECTOR, pc, 0),
  describe: (event) => describeVector(vectorOf(event)),
};
