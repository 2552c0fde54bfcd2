// The instructions with which compilers build and leave frames on aarch64: pairs of
// registers and single ones to and from the stack, and moves of the stack pointer.

import type { FrameChange } from '../arch.ts';

const SP = 31;
const RET = 0xd65f_03c0;
/** Instructions; longer ones are no prologues. */
const LIMIT = 24;

interface Step {
  /** What the stack pointer grows by, before and after the access. */
  readonly before: number;
  readonly after: number;
  /** Registers at the stack pointer (after `before`) plus `at`, one word apart. */
  readonly registers: readonly number[];
  readonly at: number;
  readonly kind: 'store' | 'load' | 'move';
}

const move = (bytes: number): Step => ({
  ...{ kind: 'move', before: bytes, after: 0, registers: [], at: 0 },
});

/** undefined: it does something else. */
function decode(word: number): Step | undefined {
  // ADD and SUB of an immediate to sp (C6.2.5, C6.2.358).
  if ((word & 0xff80_03ff) >>> 0 === 0x9100_03ff) return move(immediate(word));
  if ((word & 0xff80_03ff) >>> 0 === 0xd100_03ff) return move(-immediate(word));
  const base = (word >>> 5) & 31;
  if (base !== SP) return undefined;
  const isLoad = ((word >>> 22) & 1) === 1;
  const kind = isLoad ? 'load' : 'store';
  const first = word & 31;
  // STP and LDP of 64-bit registers: post-index, offset, pre-index (C6.2.353, C6.2.189).
  if ((word & 0xfc00_0000) >>> 0 === 0xa800_0000) {
    const offset = ((((word >>> 15) & 0x7f) << 25) >> 25) * 8;
    const registers = [first, (word >>> 10) & 31];
    return indexed((word >>> 23) & 3, offset, kind, registers);
  }
  // STR and LDR, unsigned offset, post-index and pre-index (C6.2.369, C6.2.192).
  if ((word & 0xff80_0000) >>> 0 === 0xf900_0000)
    return { kind, before: 0, after: 0, registers: [first], at: ((word >>> 10) & 0xfff) * 8 };
  if ((word & 0xffa0_0400) >>> 0 === 0xf800_0400) {
    const offset = (((word >>> 12) & 0x1ff) << 23) >> 23;
    return indexed(((word >>> 11) & 1) === 1 ? 3 : 1, offset, kind, [first]);
  }
  return undefined;
}

function immediate(word: number): number {
  return ((word >>> 10) & 0xfff) << (((word >>> 22) & 1) === 1 ? 12 : 0);
}

/** @param mode 1 post-index, 2 offset, 3 pre-index */
function indexed(
  mode: number,
  offset: number,
  kind: 'store' | 'load',
  registers: readonly number[],
): Step | undefined {
  if (mode === 1) return { kind, before: 0, after: offset, registers, at: 0 };
  if (mode === 3) return { kind, before: offset, after: 0, registers, at: 0 };
  return mode === 2 ? { kind, before: 0, after: 0, registers, at: offset } : undefined;
}

/** Those that a function must give back, with the link register. */
function isKept(register: number): boolean {
  return register >= 19 && register <= 30;
}

/** B, BL, B.cond, CBZ, TBZ, BR, BLR, RET: what comes behind is no prologue any more. */
function isBranch(word: number): boolean {
  // Hints and system registers are in the same group.
  return (word & 0x1c00_0000) === 0x1400_0000 && word >>> 24 !== 0xd5;
}

/** MOV or ADD of sp to x29. */
function setsFramePointer(word: number): boolean {
  return (word & 0xff80_03ff) >>> 0 === 0x9100_03fd;
}

export function entering(code: DataView, pc: number): FrameChange | undefined {
  let sp = 0;
  const saved = new Map<string, number>();
  let [at, isPending] = [0, false];
  for (; at < Math.min(code.byteLength - 3, LIMIT * 4); at += 4) {
    const word = code.getUint32(at, true);
    if (isBranch(word)) break;
    const step = decode(word);
    const builds = step?.kind === 'store' && step.registers.every(isKept);
    const isPart = builds || (step?.kind === 'move' && step.before < 0) || setsFramePointer(word);
    if (at >= pc) {
      isPending ||= isPart;
      continue;
    }
    if (step === undefined || !isPart) continue;
    sp += step.before;
    step.registers.forEach((register, i) => {
      saved.set(`x${register}`, sp + step.at + i * 8);
    });
    sp += step.after;
  }
  // All of it is done, or nothing yet.
  if (!isPending || pc > at || pc === 0) return undefined;
  return { cfa: -sp, saved: new Map([...saved].map(([name, place]) => [name, place - sp])) };
}

export function leaving(code: DataView): FrameChange | undefined {
  let sp = 0;
  const saved = new Map<string, number>();
  for (let at = 0; at < Math.min(code.byteLength - 3, LIMIT * 4); at += 4) {
    const word = code.getUint32(at, true);
    if (word === RET) return { cfa: sp, saved };
    if (word >>> 26 === 5) return { cfa: sp, saved, branch: at + ((word << 6) >> 4) };
    if (isBranch(word) || setsStackPointer(word)) return undefined;
    const step = decode(word);
    // Instructions of the body may come between those that leave the frame.
    if (step === undefined) continue;
    if (step.kind === 'store' || step.before < 0) return undefined;
    sp += step.before;
    step.registers.forEach((register, i) => {
      if (isKept(register)) saved.set(`x${register}`, sp + step.at + i * 8);
    });
    sp += step.after;
  }
  return undefined;
}

/** ADD and SUB to sp of something else than sp and an immediate. */
function setsStackPointer(word: number): boolean {
  if ((word & 31) !== SP) return false;
  const isExtended = (word & 0x3fe0_0000) === 0x0b20_0000;
  return isExtended || ((word & 0x3f80_0000) === 0x1100_0000 && ((word >>> 5) & 31) !== SP);
}
