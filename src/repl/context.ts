// What commands work on: the debugger, what the computer around it gives, and what the
// session remembers from command to command.

import type { Debugger, Evaluated, RegisterValue, StackFrame, ThreadInfo } from '../debug/model.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { StopNumbers } from './numbers.ts';
import type { Style } from './paint.ts';
import type { SourceText } from './source-text.ts';

/** What the front end gives: files, the screen. */
export interface ReplHost {
  /** The module that run and start load. */
  readonly program: ObjectFile | undefined;
  readonly style: Style;
  /** Columns of the screen; undefined: there is none, and lines are not cut. */
  width(): number | undefined;
  /** Reads an object; a string says why not. */
  openObject(path: string): ObjectFile | string;
  /** A source file by the name that debug information has. */
  readonly sources: SourceText;
  /** File names that begin so, for completion. */
  filesLike(start: string): readonly string[];
  /** Answers what is wrong. */
  writeFile(path: string, bytes: Uint8Array): string | undefined;
  /** The lines of a script; undefined: no such file. */
  readScript(path: string): readonly string[] | undefined;
}

export interface Display {
  readonly id: number;
  readonly expression: string;
  /** "/x" or "". */
  readonly format: string;
  enabled: boolean;
}

export class Context {
  readonly debugger: Debugger;
  readonly host: ReplHost;
  readonly displays: Display[] = [];
  readonly numbers = new StopNumbers();
  /** Commands to do at a breakpoint, by its number. */
  readonly scripts = new Map<number, readonly string[]>();
  /** The lines behind `commands`, up to `end`. */
  collecting: { readonly number: number; readonly lines: string[] } | undefined;
  /** Lines to be done before the next one is asked for. */
  readonly queue: string[] = [];
  /** Values that were printed, as expressions; $1 is the first. */
  readonly history: string[] = [];
  /** What `set $name = ...` gave, as expressions. */
  readonly variables = new Map<string, string>();
  /** Where list goes on. */
  listed: { readonly file: string; readonly first: number; readonly last: number } | undefined;
  /** Where x goes on. */
  examined: { readonly address: bigint; readonly format: string } | undefined;
  /** Registers at the stop before this one. */
  before: readonly RegisterValue[] = [];
  /** What the guest and breakpoints said and was not shown yet. */
  readonly heard: string[] = [];
  /** Told when there is more of it. */
  onHeard: (() => void) | undefined;
  /** Where the last stop was, to tell a new function. */
  lastFunction: string | undefined;
  /** What the last command printed, for expect. */
  lastText = '';
  #frame = 0;
  #thread: number | undefined;

  constructor(guest: Debugger, host: ReplHost) {
    this.debugger = guest;
    this.host = host;
    guest.onOutput = (source, text) => {
      this.heard.push(source === 'log' ? `${text}\n` : text);
      this.onHeard?.();
    };
  }

  /** Innermost first, of the selected thread. */
  frames(limit?: number): readonly StackFrame[] {
    return this.debugger.frames(this.#thread, limit);
  }

  /** The selected one; undefined: nothing runs. */
  get frame(): StackFrame | undefined {
    return this.frames(this.#frame + 1)[this.#frame];
  }

  get frameNumber(): number {
    return this.#frame;
  }

  selectFrame(index: number): StackFrame | undefined {
    const frame = this.frames(index + 1)[index];
    if (frame === undefined) return undefined;
    this.#frame = index;
    this.listed = undefined;
    return frame;
  }

  get thread(): ThreadInfo | undefined {
    const threads = this.debugger.threads();
    return threads.find(({ id, current }) =>
      this.#thread === undefined ? current : id === this.#thread,
    );
  }

  selectThread(id: number | undefined): void {
    this.#thread = id;
    this.#frame = 0;
    this.listed = undefined;
  }

  /** A C expression in the selected frame, with $1 and $name replaced. */
  evaluate(expression: string): Evaluated {
    return this.debugger.evaluate(this.#replaced(expression), this.frame);
  }

  #replaced(expression: string): string {
    return expression.replace(/\$(\w+|\$)?(?!\w)/g, (whole: string, name?: string) => {
      if (name === undefined || /^\d+$/.test(name)) {
        const index = name === undefined ? this.history.length : Number(name);
        return this.history[index - 1] ?? whole;
      }
      return this.variables.get(name) ?? whole;
    });
  }
}
