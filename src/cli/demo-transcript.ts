// What the demo prints while it goes: one line for each step with its time, and
// under it what the guest said meanwhile.

import { ConsoleLines } from './console-lines.ts';
import type { Terminal } from './terminal.ts';

/** Lines of an oops report that tell what and where; the registers can wait. */
const EXCERPT = /^Oops:|^pc {2}\S|^Backtrace:|^ {2}\S/;
const FRAMES = 3;

export class Transcript {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #console: ConsoleLines;
  #lines: string[] = [];
  /** What was not as it should be. */
  readonly wrong: string[] = [];

  /** `now` is a clock in milliseconds. */
  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
    this.#console = new ConsoleLines((line) => this.#lines.push(line));
  }

  get onConsole(): (byte: number) => void {
    return this.#console.onByte;
  }

  title(text: string): void {
    this.#terminal.out(`\n${this.#terminal.style.bold(text)}\n`);
  }

  /** Does `work`, and says how long it took and what the guest printed. */
  async step<T>(
    what: string,
    work: () => T | Promise<T>,
  ): Promise<{ readonly value: T; readonly ms: number; readonly console: readonly string[] }> {
    const started = this.#now();
    const value = await work();
    const ms = this.#now() - started;
    this.#console.settle();
    const lines = this.#lines;
    this.#lines = [];
    this.#terminal.out(`${formatMs(ms).padStart(8)} ms  ${what}\n`);
    for (const line of excerpt(lines)) this.note(`${this.#terminal.style.dim('|')} ${line}`);
    return { value, ms, console: lines };
  }

  /** A line that belongs to the step above. */
  note(text: string): void {
    this.#terminal.out(`${' '.repeat(13)}${text}\n`);
  }

  /** States what must be so. */
  expect(holds: boolean, what: string): void {
    if (holds) return;
    this.wrong.push(what);
    this.note(this.#terminal.style.bad(`WRONG: ${what}`));
  }
}

export function formatMs(ms: number): string {
  return ms.toFixed(1);
}

/** An oops is cut down to what happened, where, and the innermost frames. */
export function excerpt(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => line.startsWith('Oops:'));
  if (start < 0) return lines;
  const kept = lines.slice(0, start);
  let frames = 0;
  for (const line of lines.slice(start)) {
    const isFrame = line.startsWith('  ');
    if (isFrame) frames += 1;
    if (EXCERPT.test(line) && (!isFrame || frames <= FRAMES)) kept.push(line);
  }
  return frames > FRAMES ? [...kept, `  and ${frames - FRAMES} frames more`] : kept;
}
