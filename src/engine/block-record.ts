// Which blocks of code ran, and how each was left: two bytes for each byte of code in
// a window of addresses, written by the block callback (in machine code on hosts that
// we have some for, else here).  A block that begins at an address leaves its size in
// the record there, and whether the next one began behind it or elsewhere.

import type { Addr } from '../base/address.ts';
import { CELL, RECORD } from './cells.ts';
import { mapPages, PROT } from './pages.ts';

/** Addresses of code. */
export interface CodeWindow {
  readonly base: Addr;
  readonly bytes: number;
}

const NONE = new Uint16Array();

export class BlockRecord {
  /** Of each byte of code in the window, as RECORD has it. */
  words: Uint16Array = NONE;
  readonly #native: boolean;
  readonly #cells: BigUint64Array;
  readonly #low: Int32Array;
  #free: (() => void) | undefined;

  /** @param native machine code writes it, which needs the memory at an address */
  constructor(cells: Int32Array, native: boolean) {
    this.#native = native;
    this.#low = cells;
    this.#cells = new BigUint64Array(cells.buffer, cells.byteOffset, cells.length >> 1);
  }

  /**
   * Records what begins in the window, from nothing; undefined: no more.
   *
   * @throws when this computer has no memory for it
   */
  open(window: CodeWindow | undefined): void {
    this.close();
    const bytes = window?.bytes ?? 0;
    const isMapped = this.#native && bytes > 0;
    const pages = isMapped ? mapPages(bytes * 2, PROT.readWrite) : undefined;
    if (isMapped && pages === undefined)
      throw new Error(`no memory for the record of ${bytes} bytes of code`);
    this.#free = pages?.free;
    this.words = pages === undefined ? new Uint16Array(bytes) : new Uint16Array(pages.view());
    this.#set(CELL.windowBase, window?.base ?? 0n);
    this.#set(CELL.windowBytes, BigInt(bytes));
    // Where no machine code is only differences to it count; it is not 0, as no entry is.
    this.#set(CELL.words, pages?.pointer ?? 2n);
  }

  close(): void {
    this.#set(CELL.entry, 0n);
    this.#set(CELL.windowBytes, 0n);
    this.words = NONE;
    this.#free?.();
    this.#free = undefined;
  }

  /** As the machine code: a block begins at the address; whether it is entered is open. */
  reach(address: bigint): void {
    const entry = this.#get(CELL.entry);
    if (entry === 0n) return;
    this.#add(entry, address === this.#get(CELL.end) ? RECORD.fell : RECORD.jumped);
    this.#set(CELL.entry, 0n);
  }

  /** As the machine code: the block is entered. */
  enter(address: bigint, bytes: number): void {
    const offset = address - this.#get(CELL.windowBase);
    if (offset < 0n || offset >= this.#get(CELL.windowBytes)) {
      this.#set(CELL.entry, 0n);
      return;
    }
    const index = Number(offset);
    const before = this.words[index] ?? 0;
    this.#set(CELL.end, address + BigInt(bytes));
    this.#set(CELL.entry, this.#get(CELL.words) + offset * 2n);
    this.#low[CELL.before] = before;
    this.words[index] = (before & ~RECORD.bytes) | bytes;
  }

  /**
   * The CPU has stopped at `pc` without entering another block: in the middle of one,
   * by an exception or a trap, or behind it.
   */
  leave(pc: () => bigint): void {
    const entry = this.#get(CELL.entry);
    if (entry === 0n) return;
    const at = pc();
    const index = this.#index(entry);
    const ran = Number(at - this.#get(CELL.windowBase)) - index;
    if (ran >= 0 && at < this.#get(CELL.end)) {
      const before = this.#low[CELL.before] ?? 0;
      const bytes = Math.max(before & RECORD.bytes, ran);
      this.words[index] = (before & ~RECORD.bytes) | bytes;
      this.#set(CELL.entry, 0n);
    } else {
      this.reach(at);
    }
  }

  #add(entry: bigint, flags: number): void {
    const index = this.#index(entry);
    this.words[index] = (this.words[index] ?? 0) | flags;
  }

  #index(entry: bigint): number {
    return Number(entry - this.#get(CELL.words)) / 2;
  }

  #get(cell: number): bigint {
    return this.#cells[cell >> 1] ?? 0n;
  }

  #set(cell: number, value: bigint): void {
    this.#cells[cell >> 1] = value;
  }
}
