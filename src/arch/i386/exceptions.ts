// How an i386 CPU enters a handler in protected mode (Intel SDM volume 3, section
// 6.12): gate from the IDT, three words and the error code pushed on the current
// stack.  A task gate changes to another task state first (section 8.3), and with it
// to another stack.  Our kernels stay in ring 0; a change of privilege is refused.

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

const TASK_GATE = 0x5;
const INTERRUPT_GATE = 0xe;
const AVAILABLE_TSS = 0x9n;
const FLAG_NT = 1n << 14n;

/** Where a task state segment has what registers. */
const inTask = ['eflags', 'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'].map(
  (name, i) => ({ name, offset: 36 + 4 * i }),
);
const TASK_LINK = 0;
const TASK_EIP = 32;
const TASK_ESP = 56;
const TASK_CS = 76;

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
  if (Number((high >> 8n) & 0x1fn) === TASK_GATE)
    return changeTask(cpu, memory, { selector: low >> 16n, pc, code });
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

interface TaskGate {
  readonly selector: bigint;
  readonly pc: Addr;
  readonly code: number;
}

/**
 * Into the task of the gate: the registers go to the current task state and come
 * from the other one, whose stack takes the error code.  The segments, CR3 and TR
 * stay: a kernel for us has one set of segments and one address space, and loads
 * TR itself before it goes on.  Task gates are for double faults only.
 */
function changeTask(
  cpu: Cpu,
  memory: VirtualMemory,
  { selector, pc, code }: TaskGate,
): Addr | string {
  const gdt = cpu.readTable('gdtr');
  const at = Number(selector & ~7n);
  const low = at + 7 > gdt.limit ? undefined : memory.readWord(plus(gdt.base, at), 4);
  const high = memory.readWord(plus(gdt.base, at + 4), 4);
  if (low === undefined || high === undefined || ((high >> 8n) & 0x9fn) !== (0x80n | AVAILABLE_TSS))
    return 'the task gate names no available task';
  const next = addr((low >> 16n) | ((high & 0xffn) << 16n) | (high & 0xff00_0000n));
  const old = cpu.readTable('tr');
  const word = (offset: number): bigint | undefined => memory.readWord(plus(next, offset), 4);
  const values = inTask.map(({ name, offset }) => ({ name, value: word(offset) ?? 0n }));
  const eip = word(TASK_EIP);
  if (eip === undefined || word(TASK_CS) !== cpu.read('cs'))
    return 'the task changes the code segment, or is unmapped';
  const saved = inTask.map(({ name, offset }) => ({ offset, value: cpu.read(name) }));
  saved.push({ offset: TASK_EIP, value: pc }, { offset: TASK_CS, value: cpu.read('cs') });
  for (const { offset, value } of saved)
    if (!memory.writeWord(plus(old.base, offset), 4, value))
      return 'the task state segment is unmapped';
  memory.writeWord(plus(next, TASK_LINK), 4, BigInt(old.selector));
  const sp = addr(((word(TASK_ESP) ?? 0n) - 4n) & 0xffff_ffffn);
  if (!memory.writeWord(sp, 4, BigInt(code))) return `no stack at ${formatAddr(sp)}`;
  for (const { name, value } of values) cpu.write(name, value);
  cpu.write('eflags', (cpu.read('eflags') & ~CLEARED_FLAGS) | FLAG_NT);
  cpu.write('esp', sp);
  return addr(eip);
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
  diagnose,
};
