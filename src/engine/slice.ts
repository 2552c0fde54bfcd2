// The account of one slice: how many bytes of code it was granted and how many are
// left.  The block callback counts in the cells; here is what else may happen to a
// slice: a device shortens it, a debugger pauses it (and it goes on later as if
// nothing had been), or single instructions are run within it.

import { type Addr, addr } from '../base/address.ts';
import { CELL } from './cells.ts';

/** A stretch of code that is charged as one, when it is entered. */
export interface Block {
  readonly start: Addr;
  /** Behind its last byte. */
  readonly end: Addr;
}

/** Enough for one block of any size, and no block's size makes it overflow. */
const PLENTY = 1 << 30;

export interface SliceState {
  readonly granted: number;
  readonly left: number;
}

export class Slice {
  readonly #cells: Int32Array;
  readonly #address: BigUint64Array;
  #granted = 0;
  /** Kept back from the cell, so that the callback stops early. */
  #back = 0;
  /** What the cell would hold, if it did not hold plenty. */
  #aside: number | undefined;
  /** The block that runs now is to be charged, once it is over. */
  #charging = false;

  constructor(cells: Int32Array) {
    this.#cells = cells;
    this.#address = new BigUint64Array(cells.buffer, cells.byteOffset + CELL.blockAddress * 4, 1);
  }

  /** Grants bytes of code to a new slice. */
  begin(granted: number): void {
    this.#granted = granted;
    this.#back = 0;
    this.#aside = undefined;
    this.#charging = false;
    this.#cell = granted;
  }

  /** Of the whole slice; negative when the last block was larger. */
  get left(): number {
    return this.#cell + this.#back - (this.#charging ? this.blockBytes : 0);
  }

  /** What the slice has consumed. */
  get used(): number {
    return this.#granted - this.left;
  }

  /** Lets the slice run `bytes` more at most. */
  shorten(bytes: number): void {
    const less = Math.max(0, bytes);
    const { left } = this;
    if (less >= left) return;
    this.#granted -= left - less;
    const uncharged = this.#charging ? this.blockBytes : 0;
    const cell = Math.min(less + uncharged, this.#cell);
    this.#cell = cell;
    this.#back = less + uncharged - cell;
  }

  /** Counts a block that was not run by the engine as one. */
  charge(bytes: number): void {
    this.#cell -= bytes;
  }

  /** Makes the callback stop after `bytes` already, without ending the slice. */
  pauseIn(bytes: number): void {
    const { left } = this;
    const cell = Math.min(left, Math.max(1, bytes));
    this.#cell = cell;
    this.#back = left - cell;
  }

  /** Makes the callback stop at the next block, without ending the slice. */
  pauseNow(): void {
    const { left } = this;
    const cell = Math.min(left, 0);
    this.#cell = cell;
    this.#back = left - cell;
  }

  /** Whether something was kept back; from now on nothing is. */
  endPause(): boolean {
    const paused = this.#back > 0;
    this.#cell += this.#back;
    this.#back = 0;
    return paused;
  }

  /**
   * Lets the callback pass the next block whatever is left.  `charge`: the block
   * counts, and is charged by putBack(); else it was charged before.
   */
  setAside(charge: boolean): void {
    this.#aside = this.#cell;
    this.#charging = charge;
    this.#cells[CELL.left] = PLENTY;
  }

  putBack(): void {
    const cell = this.#cell - (this.#charging ? this.firstBlockBytes : 0);
    this.#aside = undefined;
    this.#charging = false;
    this.#cell = cell;
  }

  get #cell(): number {
    return this.#aside ?? this.#cells[CELL.left] ?? 0;
  }

  set #cell(bytes: number) {
    if (this.#aside === undefined) this.#cells[CELL.left] = bytes;
    else this.#aside = bytes;
  }

  /**
   * Of the block that was passed.  The engine may enter the next one before it stops
   * after a single instruction, but no more than that.
   */
  get firstBlockBytes(): number {
    const passed = PLENTY - (this.#cells[CELL.left] ?? 0);
    return passed === this.blockBytes ? passed : passed - this.blockBytes;
  }

  get blockBytes(): number {
    return this.#cells[CELL.blockBytes] ?? 0;
  }

  /** The last block that the callback noted. */
  get block(): Block {
    const start = this.#address[0] ?? 0n;
    return { start: addr(start), end: addr(start + BigInt(this.blockBytes)) };
  }

  save(): SliceState {
    return { granted: this.#granted, left: this.left };
  }

  restore({ granted, left }: SliceState): void {
    this.begin(granted);
    this.#cell = left;
  }
}
