// The interrupt controller: level-sensitive lines and a mask.  A line stays up
// until its device is satisfied; the CPU is interrupted while an enabled line is
// up and it accepts interrupts.

import { INTC_ENABLE, INTC_PENDING } from '../registers.ts';
import type { Device } from './device.ts';

export interface IntcState {
  readonly lines: number;
  readonly enabled: number;
}

export class InterruptController implements Device {
  readonly name = 'intc';
  #lines = 0;
  #enabled = 0;

  /** Whether the CPU's interrupt input is up. */
  get asserted(): boolean {
    return (this.#lines & this.#enabled) !== 0;
  }

  raise(lines: number): void {
    this.#lines |= lines;
  }

  lower(lines: number): void {
    this.#lines &= ~lines;
  }

  save(): IntcState {
    return { lines: this.#lines, enabled: this.#enabled };
  }

  restore({ lines, enabled }: IntcState): void {
    this.#lines = lines;
    this.#enabled = enabled;
  }

  read(register: number): number {
    if (register === INTC_PENDING) return this.#lines & this.#enabled;
    return register === INTC_ENABLE ? this.#enabled : 0;
  }

  write(register: number, value: number): void {
    if (register === INTC_ENABLE) this.#enabled = value;
  }
}
