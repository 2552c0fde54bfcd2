// The timer, on virtual time: a clock of nanoseconds since power-on and one
// comparator.  The machine advances the clock; nothing here knows the host's.

import {
  INTC_TIMER,
  TIMER_COMPARE_HI,
  TIMER_COMPARE_LO,
  TIMER_DISARM,
  TIMER_NOW_HI,
  TIMER_NOW_LO,
} from '../registers.ts';
import type { Device } from './device.ts';
import type { InterruptController } from './intc.ts';

const WORD = 0x1_0000_0000;

/** The slice of code that runs while the guest accesses the device. */
export interface RunningSlice {
  /** Nanoseconds it has run. */
  readonly used: number;
  /** Lets it run this much longer at most. */
  shorten(nanoseconds: number): void;
}

export interface TimerState {
  readonly now: number;
  readonly deadline: number | undefined;
  readonly latchedHigh: number;
  readonly compareLow: number;
}

export class Timer implements Device {
  readonly name = 'timer';
  readonly #intc: InterruptController;
  /** The clock as of the last slice. */
  now = 0;
  /** When the line goes up; undefined while disarmed. */
  deadline: number | undefined;
  #latchedHigh = 0;
  #compareLow = 0;

  readonly #slice: RunningSlice;

  constructor(intc: InterruptController, slice: RunningSlice) {
    this.#intc = intc;
    this.#slice = slice;
  }

  /** Advances the clock and raises the line when the deadline has come. */
  advance(nanoseconds: number): void {
    this.now += nanoseconds;
    if (this.deadline === undefined || this.now < this.deadline) return;
    this.deadline = undefined;
    this.#intc.raise(INTC_TIMER);
  }

  save(): TimerState {
    const { now, deadline } = this;
    return { now, deadline, latchedHigh: this.#latchedHigh, compareLow: this.#compareLow };
  }

  restore({ now, deadline, latchedHigh, compareLow }: TimerState): void {
    this.now = now;
    this.deadline = deadline;
    this.#latchedHigh = latchedHigh;
    this.#compareLow = compareLow;
  }

  read(register: number): number {
    if (register === TIMER_NOW_LO) {
      const now = this.now + this.#slice.used;
      this.#latchedHigh = Math.floor(now / WORD);
      return now % WORD;
    }
    return register === TIMER_NOW_HI ? this.#latchedHigh : 0;
  }

  write(register: number, value: number): void {
    switch (register) {
      case TIMER_COMPARE_LO:
        this.#compareLow = value >>> 0;
        break;
      case TIMER_COMPARE_HI:
        this.#intc.lower(INTC_TIMER);
        this.deadline = (value >>> 0) * WORD + this.#compareLow;
        this.#slice.shorten(this.deadline - this.now - this.#slice.used);
        break;
      case TIMER_DISARM:
        this.#intc.lower(INTC_TIMER);
        this.deadline = undefined;
        break;
    }
  }
}
