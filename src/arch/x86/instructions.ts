// Instructions of x86 that run control must know.

import { type Addr, addr, plus } from '../../base/address.ts';
import type { Cpu, VirtualMemory } from '../cpu.ts';

const HLT = 0xf4;
/** No instruction is longer. */
const LONGEST = 15n;

export function isHlt(code: Uint8Array): boolean {
  return code.length === 1 && code[0] === HLT;
}

/** A call has pushed the address behind itself, and nothing else. */
export function calledFrom(
  wordBytes: 4 | 8,
  stackPointer: string,
): (cpu: Cpu, memory: VirtualMemory, pc: Addr, sp: Addr) => Addr | undefined {
  return (cpu, memory, pc, sp) => {
    const top = addr(cpu.read(stackPointer));
    if (top !== plus(sp, -wordBytes)) return undefined;
    const pushed = memory.readWord(top, wordBytes);
    return pushed !== undefined && pushed > pc && pushed <= pc + LONGEST ? addr(pushed) : undefined;
  };
}
