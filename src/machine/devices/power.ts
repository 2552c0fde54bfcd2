// The power device: the guest's last words, good or bad.

import { type PhysAddr, phys } from '../../base/address.ts';
import { POWER_OFF, POWER_PANIC } from '../registers.ts';
import type { Device } from './device.ts';

export type LastWord =
  | { readonly kind: 'off'; readonly status: number }
  | { readonly kind: 'panic'; readonly message: PhysAddr };

export class PowerDevice implements Device {
  readonly name = 'power';
  readonly #attention: () => void;
  lastWord: LastWord | undefined;

  constructor(attention: () => void) {
    this.#attention = attention;
  }

  read(): number {
    return 0;
  }

  write(register: number, value: number): void {
    if (this.lastWord !== undefined) return;
    if (register === POWER_OFF) this.lastWord = { kind: 'off', status: value };
    else if (register === POWER_PANIC)
      this.lastWord = { kind: 'panic', message: phys(value >>> 0) };
    else return;
    this.#attention();
  }
}
