// The guest's console on the user's terminal: bytes come one by one, whole lines
// go out, set apart from our own words by a bar.  UTF-8 may be split over bytes.

import { visible } from './terminal.ts';

export class ConsoleLines {
  readonly #emit: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #pending: number[] = [];

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  readonly onByte = (byte: number): void => {
    if (byte === 0x0a) this.flush();
    else this.#pending.push(byte);
  };

  /** Ends a line that the guest has begun, before we say something. */
  flush(): void {
    const bytes = Uint8Array.from(this.#pending);
    this.#pending = [];
    this.#emit(visible(this.#decoder.decode(bytes).replace(/\r$/, '')));
  }

  /** Like flush(), but says nothing when no line was begun. */
  settle(): void {
    if (this.#pending.length > 0) this.flush();
  }
}
