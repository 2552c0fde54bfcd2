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

export class Timer implements Device {
  readonly name = 'timer';
  readonly #intc: InterruptController;
  /** The machine's clock as of the last slice. */
  now = 0;
  /** When the line goes up; undefined while disarmed. */
  deadline: number | undefined;
  #latchedHigh = 0;
  #compareLow = 0;

  constructor(intc: InterruptController) {
    this.#intc = intc;
  }

  /** Advances the clock and raises the line when the deadline has come. */
  advance(nanoseconds: number): void {
    this.now += nanoseconds;
    if (this.deadline === undefined || this.now < this.deadline) return;
    this.deadline = undefined;
    this.#intc.raise(INTC_TIMER);
  }

  read(register: number): number {
    if (register === TIMER_NOW_LO) {
      this.#latchedHigh = Math.floor(this.now / WORD);
      return this.now % WORD;
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
        break;
      case TIMER_DISARM:
        this.#intc.lower(INTC_TIMER);
        this.deadline = undefined;
        break;
    }
  }
}
