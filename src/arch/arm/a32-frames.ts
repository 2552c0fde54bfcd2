// The instructions with which compilers leave frames on armv7, in ARM's own encoding:
// moves of the stack pointer, pops, and the return.  What builds a frame is described
// by compilers as it goes.

import type { FrameChange } from '../arch.ts';

const LIMIT = 8;
const BX_LR = 0xe12f_ff1e;
const LR = 14;
const PC = 15;

const names = [
  ...['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'r12'],
  ...['sp', 'lr', 'pc'],
];

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
      const turn = (word >>> 7) & 0x1e;
      const byte = word & 0xff;
      sp += turn === 0 ? byte : ((byte >>> turn) | (byte << (32 - turn))) >>> 0;
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
