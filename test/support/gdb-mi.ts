// gdb's machine interface as a client uses it: commands with numbers, their results,
// and the stops that come by themselves.

import type { ChildProcess } from 'node:child_process';
import { startGdb } from './gdb.ts';

export class GdbMi {
  readonly #gdb: ChildProcess;
  #lines: string[] = [];
  #rest = '';
  #token = 0;
  #waiting: { readonly wanted: RegExp; readonly found: (line: string) => void } | undefined;

  constructor(folder: string) {
    this.#gdb = startGdb(folder, ['--interpreter=mi3', '-iex', 'set mi-async on']);
    this.#gdb.stdout?.on('data', (bytes: Buffer) => this.#hear(bytes.toString()));
  }

  async connect(port: number): Promise<void> {
    const stopped = await this.run(`-target-select remote 127.0.0.1:${port}`);
    if (!stopped.startsWith('*stopped')) throw new Error(stopped);
  }

  /** Answers the result record. @throws when it is an error */
  async ask(command: string): Promise<string> {
    const token = ++this.#token;
    this.#gdb.stdin?.write(`${token}${command}\n`);
    const line = await this.#line(new RegExp(`^${token}\\^`));
    if (line.includes('^error')) throw new Error(line);
    return line;
  }

  /** A command that makes the guest run, or stop; answers the stop. */
  async run(command: string): Promise<string> {
    await this.ask(command);
    return this.#line(/^\*stopped/);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#gdb.once('close', resolve));
    this.#gdb.kill();
    await closed;
  }

  #line(wanted: RegExp): Promise<string> {
    const at = this.#lines.findIndex((line) => wanted.test(line));
    const [line] = at < 0 ? [] : this.#lines.splice(at, 1);
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((found) => {
      this.#waiting = { wanted, found };
    });
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const waiting = this.#waiting;
      if (waiting?.wanted.test(line)) {
        this.#waiting = undefined;
        waiting.found(line);
      } else this.#lines.push(line);
    }
  }
}
