// Thumb's IT blocks: up to four instructions that are executed or not as the IT
// before them says (ARM ARM, A8.8.54).  The engine does not stop inside of them, so
// run control walks them by itself.

import { type Addr, plus } from '../../base/address.ts';
import type { Predication } from '../arch.ts';
import type { Cpu, VirtualMemory } from '../cpu.ts';

/** ITSTATE in the CPSR: bits 7 to 2 at 15 to 10, bits 1 and 0 at 26 and 25. */
const IN_CPSR = 0x0600_fc00n;
/** An IT block is no longer than its IT and four wide instructions. */
const LONGEST = 2 + 4 * 4;

function halfword(memory: VirtualMemory, at: Addr): number {
  const low = memory.readWord(at, 1);
  const high = memory.readWord(plus(at, 1), 1);
  return low === undefined || high === undefined ? 0 : Number(low | (high << 8n));
}

/** Firstcond and mask of an IT; 0: it is none (a mask of 0 makes it a hint). */
function stateOf(code: number): number {
  return code >>> 8 === 0xbf && (code & 0xf) !== 0 ? code & 0xff : 0;
}

/** The first halfword of a 32-bit instruction begins with 11101, 11110 or 11111. */
function bytesOf(code: number): number {
  return code >>> 11 >= 0x1d ? 4 : 2;
}

/** How many instructions a state covers. */
function lengthOf(state: number): number {
  return 4 - Math.log2(state & -state & 0xf);
}

/** ConditionHolds() of the manual: pairs of a condition and its opposite, then always. */
function holds(condition: number, nzcv: number): boolean {
  const [n, z, c, v] = [8, 4, 2, 1].map((bit) => (nzcv & bit) !== 0);
  const tests = [z, c, n, v, c && !z, n === v, n === v && !z];
  const test = tests[condition >>> 1] ?? true;
  return condition < 0xe && (condition & 1) === 1 ? !test : test;
}

export const predication: Predication = {
  begins: (memory, pc) => stateOf(halfword(memory, pc)),
  read: (cpu: Cpu) => {
    const cpsr = Number(cpu.read('cpsr') & IN_CPSR);
    return ((cpsr >>> 8) & 0xfc) | ((cpsr >>> 25) & 3);
  },
  write: (cpu, state) => {
    const bits = (BigInt(state & 0xfc) << 8n) | (BigInt(state & 3) << 25n);
    cpu.write('cpsr', (cpu.read('cpsr') & ~IN_CPSR) | bits);
  },
  holds: (cpu, state) => holds(state >>> 4, Number(cpu.read('cpsr') >> 28n)),
  bytesAt: (memory, pc) => bytesOf(halfword(memory, pc)),
  startOf: (memory, address) => {
    for (let back = 2; back <= LONGEST - 2; back += 2) {
      const start = plus(address, -back);
      const state = stateOf(halfword(memory, start));
      if (state !== 0 && isWithin(memory, start, state, address)) return start;
    }
    return address;
  },
};

/** Whether the IT at `start` covers the instruction at `address`. */
function isWithin(memory: VirtualMemory, start: Addr, state: number, address: Addr): boolean {
  let at = plus(start, 2);
  for (let i = 0; i < lengthOf(state); i++) {
    if (at === address) return true;
    at = plus(at, bytesOf(halfword(memory, at)));
  }
  return false;
}
