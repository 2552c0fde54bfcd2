// The guest's console, told to the client as it grows.  A run that goes back in time
// and forth again says the same words; each is told once.

import type { Emit } from './protocol.ts';

/** What the guest has written so far; positions are in bytes. */
export interface ConsoleText {
  readonly length: number;
  textSince(position: number): string;
}

export class ConsoleOutput {
  readonly #console: ConsoleText;
  readonly #emit: Emit;
  /** How many bytes the client has seen. */
  #told: number;

  constructor(console: ConsoleText, emit: Emit) {
    this.#console = console;
    this.#emit = emit;
    this.#told = console.length;
  }

  /** Tells what is new. */
  flush(): void {
    if (this.#console.length <= this.#told) return;
    const output = this.#console.textSince(this.#told);
    this.#told = this.#console.length;
    this.#emit('output', { category: 'stdout', output });
  }
}
