// The console: bytes written to one register become text.

import { CONSOLE_TX } from '../registers.ts';
import type { Device } from './device.ts';

export class ConsoleDevice implements Device {
  readonly name = 'console';
  readonly #bytes: number[] = [];
  readonly #decoder = new TextDecoder();
  onByte: ((byte: number) => void) | undefined;

  /** Everything written so far. */
  get text(): string {
    return this.#decoder.decode(Uint8Array.from(this.#bytes));
  }

  /** How many bytes were written so far; a position for textSince(). */
  get length(): number {
    return this.#bytes.length;
  }

  textSince(position: number): string {
    return this.#decoder.decode(Uint8Array.from(this.#bytes.slice(position)));
  }

  /** Forgets what was written after a position: the run goes back to before it. */
  truncate(position: number): void {
    this.#bytes.length = Math.min(position, this.#bytes.length);
  }

  read(): number {
    return 0;
  }

  write(register: number, value: number): void {
    if (register !== CONSOLE_TX) return;
    this.#bytes.push(value & 0xff);
    this.onByte?.(value & 0xff);
  }
}
