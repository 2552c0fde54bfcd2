// The instructions with which compilers build and leave frames on armv7, in ARM's own
// encoding: pushes, moves of the stack pointer, pops, and the return.

import type { FrameChange } from '../arch.ts';

const LIMIT = 8;
const BX_LR = 0xe12f_ff1e;
const LR = 14;
const PC = 15;

const names = [
  ...['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'r12'],
  ...['sp', 'lr', 'pc'],
];

/** Up to a function's first branch its stack is what the instructions say. */
export function entering(code: DataView, pc: number): FrameChange | undefined {
  let sp = 0;
  const saved = new Map<string, number>();
  for (let at = 0; at < pc; at += 4) {
    const word = code.getUint32(at, true);
    const pushed = pushedBy(word);
    if (pushed !== undefined) {
      sp -= pushed.length * 4;
      pushed.forEach((name, i) => {
        saved.set(name, sp + i * 4);
      });
    } else if ((word & 0xffff_f000) >>> 0 === 0xe24d_d000) sp -= immediate(word);
    // VPUSH (A8.8.368)
    else if ((word & 0xffbf_0e00) >>> 0 === 0xed2d_0a00) sp -= (word & 0xff) * 4;
    else if (!isHarmless(word)) return undefined;
  }
  if (sp === 0) return undefined;
  return { cfa: -sp, saved: new Map([...saved].map(([name, place]) => [name, place - sp])) };
}

/** PUSH, of several and of one (A8.8.133): lowest first. */
function pushedBy(word: number): readonly string[] | undefined {
  if ((word & 0xffff_0fff) >>> 0 === 0xe52d_0004) return [names[(word >>> 12) & 15] ?? ''];
  if (word >>> 16 !== 0xe92d) return undefined;
  return names.filter((_, register) => (word & (1 << register)) !== 0);
}

/** A byte, turned to the right by twice a number (A5.2.4). */
function immediate(word: number): number {
  const turn = (word >>> 7) & 0x1e;
  const byte = word & 0xff;
  return turn === 0 ? byte : ((byte >>> turn) | (byte << (32 - turn))) >>> 0;
}

export function leaving(code: DataView): FrameChange | undefined {
  let sp = 0;
  const saved = new Map<string, number>();
  for (let at = 0; at < Math.min(code.byteLength - 3, LIMIT * 4); at += 4) {
    const word = code.getUint32(at, true);
    if (word === BX_LR) return { cfa: sp, saved };
    // B (A8.8.18)
    if (word >>> 24 === 0xea) return { cfa: sp, saved, branch: at + 8 + ((word << 8) >> 6) };
    if ((word & 0xffff_f000) >>> 0 === 0xe28d_d000) {
      // ADD sp, sp, #imm (A8.8.9)
      sp += immediate(word);
      continue;
    }
    if (isHarmless(word)) continue;
    // POP (A8.8.131)
    if (word >>> 16 !== 0xe8bd || (word & 0x2000) !== 0) return undefined;
    for (let register = 0; register <= PC; register++) {
      if ((word & (1 << register)) === 0) continue;
      saved.set(names[register === PC ? LR : register] ?? '', sp);
      sp += 4;
    }
    if ((word & (1 << PC)) !== 0) return { cfa: sp, saved };
  }
  return undefined;
}

/** Arithmetic, always executed, that changes neither sp nor pc. */
function isHarmless(word: number): boolean {
  return word >>> 26 === 0xe << 2 && ((word >>> 12) & 15) < 13;
}
