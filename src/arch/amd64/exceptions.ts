// How an amd64 CPU enters a handler in long mode (Intel SDM volume 3, section
// 6.14): gate from the IDT, interrupt stack table, five words and the error
// code pushed.  Our kernels stay in ring 0; a change of privilege is refused.

import { type Addr, addr, formatAddr, plus } from '../../base/address.ts';
import type { Cpu, Entry, Exceptions, FaultState, RawEvent, VirtualMemory } from '../cpu.ts';
import {
  CLEARED_FLAGS,
  DOUBLE_FAULT,
  describeVector,
  diagnose,
  FLAG_IF,
  INTERRUPT_VECTOR,
  interruptsEnabled,
  pushesErrorCode,
  vectorOf,
} from '../x86/vectors.ts';

const IST_IN_TSS = 36;
const INTERRUPT_GATE = 0xe;

/** One attempt at one vector; the string says why it failed. */
function attempt(
  cpu: Cpu,
  memory: VirtualMemory,
  vector: number,
  pc: Addr,
  code: number,
): Addr | string {
  const gate = readGate(cpu, memory, vector);
  if (typeof gate === 'string') return gate;
  const cs = cpu.read('cs');
  if (BigInt(gate.selector) !== cs) return `the gate of vector ${vector} changes the code segment`;
  const rsp = cpu.read('rsp');
  const flags = cpu.read('eflags');
  let stack = rsp;
  if (gate.ist !== 0) {
    const slot = plus(cpu.readTable('tr').base, IST_IN_TSS + (gate.ist - 1) * 8);
    const top = memory.readWord(slot, 8);
    if (top === undefined) return 'the task state segment is unmapped';
    stack = top;
  }
  const words = [cpu.read('ss'), rsp, flags, cs, pc];
  if (pushesErrorCode(vector)) words.push(BigInt(code));
  let sp = addr(stack & ~15n);
  for (const word of words) {
    sp = plus(sp, -8);
    if (!memory.writeWord(sp, 8, word)) return `no stack at ${formatAddr(sp)}`;
  }
  cpu.write('rsp', sp);
  const keep = gate.type === INTERRUPT_GATE ? flags & ~FLAG_IF : flags;
  cpu.write('eflags', keep & ~CLEARED_FLAGS);
  return gate.offset;
}

function readGate(
  cpu: Cpu,
  memory: VirtualMemory,
  vector: number,
): { offset: Addr; selector: number; ist: number; type: number } | string {
  const { base, limit } = cpu.readTable('idtr');
  if (vector * 16 + 15 > limit) return `vector ${vector} is beyond the IDT`;
  const low = memory.readWord(plus(base, vector * 16), 8);
  const high = memory.readWord(plus(base, vector * 16 + 8), 8);
  if (low === undefined || high === undefined) return 'the IDT is unmapped';
  if (((low >> 47n) & 1n) === 0n) return `the gate of vector ${vector} is not present`;
  return {
    offset: addr((low & 0xffffn) | ((low >> 32n) & 0xffff_0000n) | ((high & 0xffff_ffffn) << 32n)),
    selector: Number((low >> 16n) & 0xffffn),
    ist: Number((low >> 32n) & 7n),
    type: Number((low >> 40n) & 0xfn),
  };
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
    reason: `triple fault: ${describeVector(vector)} at ${formatAddr(pc, 8)}, but ${first}; double fault: ${second}`,
  };
}

export const exceptions: Exceptions = {
  reset: () => {},
  interruptsEnabled,
  enter: (cpu: Cpu, memory: VirtualMemory, event: RawEvent, pc: Addr, fault: FaultState) =>
    enterVector(cpu, memory, vectorOf(event), pc, fault.code),
  enterInterrupt: (cpu, memory, pc) => enterVector(cpu, memory, INTERRUPT_VECTOR, pc, 0),
  describe: (event) => describeVector(vectorOf(event)),
  diagnose,
};
