// ARM's own unwind tables: .ARM.exidx, an index of functions sorted by address, whose
// entries hold a few bytes of instructions or say where in .ARM.extab there are more.
// Everything is relative to where it stands, so it is read where it was loaded.
// https://github.com/ARM-software/abi-aa/blob/main/ehabi32/ehabi32.rst, sections 6 and 10

import type { Unwound } from './cfi.ts';
import type { Frame } from './model.ts';
import { unsignedOf } from './pieces.ts';

/** The index as it was loaded. */
export interface ExidxTable {
  readonly address: bigint;
  readonly bytes: number;
}

const SP = 13;
const LR = 14;
const PC = 15;
const CANTUNWIND = 1;
const FINISH = 0xb0;
/** An entry describes one function: no sequence of instructions is longer. */
const BYTES_LIMIT = 4 + 4 * 255;

/** undefined: the function cannot be unwound by this table, or memory cannot be read. */
export function unwindByExidx(
  table: ExidxTable,
  frame: Pick<Frame, 'pc' | 'register' | 'memory'>,
): Unwound | undefined {
  const word = (address: bigint): number | undefined => {
    const bytes = frame.memory(address & 0xffff_ffffn, 4);
    return bytes && Number(unsignedOf(bytes));
  };
  const entry = findEntry(table, frame.pc, word);
  const second = entry === undefined ? undefined : word(entry + 4n);
  if (entry === undefined || second === undefined || second === CANTUNWIND) return undefined;
  const instructions =
    second >= 0x8000_0000 ? compact(second, 0n, word) : fromTable(prel31(second, entry + 4n), word);
  return instructions && execute(instructions, frame, word);
}

type ReadWord = (address: bigint) => number | undefined;

/** A signed offset of 31 bits from where it stands. */
function prel31(value: number, place: bigint): bigint {
  return (place + BigInt((value << 1) >> 1)) & 0xffff_ffffn;
}

/** The last entry at the address or before it. */
function findEntry(table: ExidxTable, pc: bigint, word: ReadWord): bigint | undefined {
  let [low, high] = [0, Math.floor(table.bytes / 8)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = table.address + BigInt(middle * 8);
    const value = word(place);
    if (value === undefined) return undefined;
    if ((prel31(value, place) & ~1n) <= pc) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : table.address + BigInt((low - 1) * 8);
}

/** Instructions packed as the ABI's own personality routines 0, 1 and 2 have them. */
function compact(first: number, next: bigint, word: ReadWord): readonly number[] | undefined {
  const routine = (first >>> 24) & 0x0f;
  if (routine === 0) return [first >>> 16, first >>> 8, first].map((each) => each & 0xff);
  // In the index itself there is no room for more.
  if (routine > 2 || next === 0n) return undefined;
  return withMore([first >>> 8, first], (first >>> 16) & 0xff, next, word);
}

/** An entry of .ARM.extab. */
function fromTable(address: bigint, word: ReadWord): readonly number[] | undefined {
  const first = word(address);
  if (first === undefined) return undefined;
  if (first >= 0x8000_0000) return compact(first, address + 4n, word);
  // Another personality routine: GNU's begin their data in the same way.
  const data = word(address + 4n);
  if (data === undefined) return undefined;
  return withMore([data >>> 16, data >>> 8, data], data >>> 24, address + 8n, word);
}

function withMore(
  bytes: readonly number[],
  words: number,
  next: bigint,
  word: ReadWord,
): readonly number[] | undefined {
  const all = bytes.map((each) => each & 0xff);
  for (let i = 0; i < words && all.length < BYTES_LIMIT; i++) {
    const value = word(next + BigInt(i * 4));
    if (value === undefined) return undefined;
    for (const shift of [24, 16, 8, 0]) all.push((value >>> shift) & 0xff);
  }
  return all;
}

/** Runs the instructions: each moves the virtual stack pointer or pops registers. */
function execute(
  instructions: readonly number[],
  frame: Pick<Frame, 'register'>,
  word: ReadWord,
): Unwound | undefined {
  const state = new VirtualStack(frame, word);
  const bytes = instructions.values();
  const next = (): number => bytes.next().value ?? FINISH;
  for (let operation = next(); operation !== FINISH; operation = next())
    if (!state.step(operation, next)) return undefined;
  return state.result();
}

class VirtualStack {
  readonly #word: ReadWord;
  readonly #frame: Pick<Frame, 'register'>;
  readonly #popped = new Map<number, bigint>();
  #sp: bigint | undefined;

  constructor(frame: Pick<Frame, 'register'>, word: ReadWord) {
    this.#frame = frame;
    this.#word = word;
    this.#sp = frame.register(SP);
  }

  result(): Unwound | undefined {
    const sp = this.#sp;
    if (sp === undefined) return undefined;
    const register = (number: number): bigint | undefined =>
      number === SP ? sp : (this.#popped.get(number) ?? this.#frame.register(number));
    // Unless the instructions restored PC, it is what LR was.
    const address = this.#popped.get(PC) ?? register(LR);
    return { cfa: sp, returnAddress: address && address & ~1n, register, signal: false };
  }

  /** Carries out one instruction; false: it cannot be done. */
  step(operation: number, next: () => number): boolean {
    if (operation < 0x40) return this.#move((operation & 0x3f) * 4 + 4);
    if (operation < 0x80) return this.#move(-((operation & 0x3f) * 4 + 4));
    if (operation < 0x90) {
      const mask = ((operation & 0x0f) << 8) | next();
      // No registers at all: refuse to unwind.
      return mask !== 0 && this.#pop(mask << 4);
    }
    if (operation < 0xa0) return this.#setFrom(operation & 0x0f);
    if (operation < 0xb0) {
      const saved = (0xff0 >> (7 - (operation & 7))) & 0xff0;
      return this.#pop(saved | (operation >= 0xa8 ? 1 << LR : 0));
    }
    switch (operation) {
      case 0xb1: {
        const mask = next();
        return mask !== 0 && mask < 0x10 && this.#pop(mask);
      }
      case 0xb2:
        return this.#move(0x204 + readUleb(next) * 4);
      case 0xb3:
        return this.#move(((next() & 0x0f) + 1) * 8 + 4);
      case 0xb4:
        // A signed return address, of a later ARM.
        return true;
      case 0xc8:
      case 0xc9:
        return this.#move(((next() & 0x0f) + 1) * 8);
      case 0xc6:
        return this.#move(((next() & 0x0f) + 1) * 8);
      case 0xc7:
        return this.#move(bitsIn(next() & 0x0f) * 4);
    }
    if (operation >= 0xb8 && operation < 0xc0) return this.#move(((operation & 7) + 1) * 8 + 4);
    if (operation >= 0xc0 && operation < 0xc6) return this.#move(((operation & 7) + 1) * 8);
    if (operation >= 0xd0 && operation < 0xd8) return this.#move(((operation & 7) + 1) * 8);
    return false;
  }

  #move(bytes: number): boolean {
    if (this.#sp === undefined) return false;
    this.#sp = (this.#sp + BigInt(bytes)) & 0xffff_ffffn;
    return true;
  }

  #setFrom(register: number): boolean {
    if (register === SP || register === PC) return false;
    this.#sp = this.#popped.get(register) ?? this.#frame.register(register);
    return this.#sp !== undefined;
  }

  /** Pops the registers whose bits are set, lowest first. */
  #pop(mask: number): boolean {
    let restored: bigint | undefined;
    for (let register = 0; register < 16; register++) {
      if ((mask & (1 << register)) === 0) continue;
      const value = this.#sp === undefined ? undefined : this.#word(this.#sp);
      if (value === undefined || !this.#move(4)) return false;
      if (register === SP) restored = BigInt(value);
      else this.#popped.set(register, BigInt(value));
    }
    if (restored !== undefined) this.#sp = restored;
    return true;
  }
}

function readUleb(next: () => number): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = next();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

function bitsIn(mask: number): number {
  return [0, 1, 2, 3].filter((bit) => (mask & (1 << bit)) !== 0).length;
}
