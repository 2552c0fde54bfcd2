// Which address an instruction speaks of without a branch: what it loads relative to
// the PC, and what two instructions build together (ADRP and ADD, MOVW and MOVT).
// It is read out of the text, which has everything: Capstone prints addresses absolute
// where the architecture's manual does.

import { type Addr, addr, plus } from '../base/address.ts';
import type { Instruction } from './decoder.ts';

/** Halves of addresses by the register that holds them. */
export type Halves = Map<string, bigint>;

export interface Reference {
  readonly address: Addr;
  /** false: a number that may be an address, or not. */
  readonly certain: boolean;
}

/** Where an instruction is, and how it is to be read. */
export interface Placement {
  readonly at: Addr;
  readonly wordBytes: 4 | 8;
  /** It is of the second instruction set, Thumb. */
  readonly second: boolean;
  /** What the instructions just before it left; brought up to date. */
  readonly halves: Halves;
}

/** The address that an instruction refers to; undefined: none, or a branch's target only. */
export function referenceOf(instruction: Instruction, where: Placement): Reference | undefined {
  const { mnemonic, operands } = instruction;
  const { halves, wordBytes } = where;
  if (instruction.jumps) {
    halves.clear();
    return undefined;
  }
  const inWord = (value: bigint): Addr => addr(BigInt.asUintN(wordBytes * 8, value));
  const found = relative(instruction, where);
  if (found !== undefined) return { address: inWord(found), certain: true };
  const sum = built(mnemonic, operands, halves);
  // ADRP makes addresses, MOVT any number.
  if (sum !== undefined) return { address: inWord(sum), certain: mnemonic !== 'movt' };
  // x86 has whole addresses as immediates and displacements.
  const absolute = /(?:^|, )\$?(-?0x[0-9a-f]{6,})(?:\(|,|$)/.exec(operands)?.[1];
  return absolute === undefined ? undefined : { address: inWord(signed(absolute)), certain: false };
}

function relative(instruction: Instruction, { at, second }: Placement): bigint | undefined {
  const { operands, bytes } = instruction;
  const rip = /(-?(?:0x)?[0-9a-f]+)?\(%rip\)/.exec(operands);
  if (rip !== null) return plus(at, bytes) + signed(rip[1] ?? '0');
  const pc = /\[pc(?:, #(-?(?:0x)?[0-9a-f]+))?\]/.exec(operands);
  if (pc === null) return undefined;
  // ARM's PC reads two instructions ahead, rounded down to a word.
  return ((at + (second ? 4n : 8n)) & ~3n) + signed(pc[1] ?? '0');
}

function built(mnemonic: string, operands: string, halves: Halves): bigint | undefined {
  const [target = '', second = '', third = ''] = operands.split(/, */);
  const literal = /^#(-?(?:0x)?[0-9a-f]+)$/;
  if (mnemonic === 'adr') return literalIn(literal, second);
  // AArch64's literal loads name their address.
  if (mnemonic.startsWith('ldr') && literal.test(second)) return literalIn(literal, second);
  if (mnemonic === 'adrp' || /^movw/.test(mnemonic)) {
    const value = literalIn(literal, second);
    if (value !== undefined) halves.set(target, value);
    return undefined;
  }
  if (mnemonic === 'movt') {
    const [low, high] = [halves.get(target), literalIn(literal, second)];
    halves.delete(target);
    return low === undefined || high === undefined ? undefined : low | (high << 16n);
  }
  const sum = mnemonic === 'add' ? { base: second, offset: third } : memory(operands);
  const base = halves.get(sum.base);
  const offset = sum.offset === '' ? 0n : literalIn(literal, sum.offset);
  // What is not stored or compared is written, and holds no half any more.
  if (!/^(st|cmp|cmn|tst)/.test(mnemonic)) halves.delete(target);
  return base === undefined || offset === undefined ? undefined : base + offset;
}

/** "x0, [x1, #8]": base x1 and offset #8. */
function memory(operands: string): { readonly base: string; readonly offset: string } {
  const found = /\[(\w+)(?:, (#-?(?:0x)?[0-9a-f]+))?\]$/.exec(operands);
  return { base: found?.[1] ?? '', offset: found?.[2] ?? '' };
}

function literalIn(pattern: RegExp, text: string): bigint | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : signed(digits);
}

function signed(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
}
