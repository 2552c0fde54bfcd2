// Threads of the guest's kernel as the protocol names them.  There number 0 means any
// thread, so that guest thread n is n + 1; all are in process 1.

import type { Debugger, ThreadInfo } from '../debug/model.ts';
import { countOf, hexOf, hexOfText, xmlText } from './hex.ts';

/** What a thread-id of a packet means. */
export type ThreadChoice = 'any' | 'all' | { readonly thread: number };

export class Threads {
  readonly #debugger: Debugger;
  readonly #current: bigint | undefined;
  /** What the guest's curthread pointed to when the number was asked for. */
  #seen = '';
  #number = 1;
  /** Whether the client writes pPID.TID. */
  multiprocess = false;

  constructor(debugger_: Debugger) {
    this.#debugger = debugger_;
    this.#current = debugger_.kernel.symbol('curthread');
  }

  list(): readonly ThreadInfo[] {
    return this.#debugger.threads();
  }

  /** The number of the thread that the CPU runs. */
  current(): number {
    // Asked at every step: the list is walked only when another thread runs.
    const seen = this.#pointer();
    if (seen === undefined || seen !== this.#seen) {
      const running = this.list().find(({ current }) => current);
      this.#number = (running?.id ?? 0) + 1;
      this.#seen = seen ?? '';
    }
    return this.#number;
  }

  /** 'p1.2' or '2'. */
  name(number: number): string {
    return this.multiprocess ? `p1.${number.toString(16)}` : number.toString(16);
  }

  /** The reply to qfThreadInfo; qsThreadInfo has no more. */
  names(): string {
    const numbers = this.list().map(({ id }) => id + 1);
    return `m${(numbers.length === 0 ? [1] : numbers).map((each) => this.name(each)).join(',')}`;
  }

  find(number: number): ThreadInfo | undefined {
    return this.list().find(({ id }) => id + 1 === number);
  }

  /** The reply to qThreadExtraInfo. */
  describe(number: number): string | undefined {
    const thread = this.find(number);
    return thread && hexOfText(`${thread.name}, ${thread.state}`);
  }

  /** qXfer:threads. */
  xml(): string {
    const lines = this.list().map(
      ({ id, name, state }) =>
        `<thread id="${this.name(id + 1)}" core="0" name="${xmlText(name)}">${xmlText(state)}</thread>\n`,
    );
    return `<?xml version="1.0"?>\n<threads>\n${lines.join('')}</threads>\n`;
  }

  #pointer(): string | undefined {
    if (this.#current === undefined) return undefined;
    const { kernel, arch } = this.#debugger;
    const bytes = kernel.read(this.#current, arch.wordBytes);
    return bytes && hexOf(bytes);
  }
}

/** 'p1.2', 'p1.-1', '2', '-1', '0'; undefined: it is none, or of another process. */
export function parseThread(text: string): ThreadChoice | undefined {
  const match = /^(?:p(-1|[0-9a-fA-F]{1,8})(?:\.|$))?(-1|[0-9a-fA-F]{1,8})?$/.exec(text);
  if (match === null || text === '') return undefined;
  const [, process, thread = '-1'] = match;
  if (process !== undefined && process !== '-1' && (countOf(process) ?? 2) > 1) return undefined;
  if (thread === '-1') return 'all';
  const number = countOf(thread);
  if (number === undefined) return undefined;
  return number === 0 ? 'any' : { thread: number };
}
