// The terminal debugger without a terminal: a line goes in, text comes out.  What is
// around it, a prompt with history or a script, is the command line's business.

import type { Debugger } from '../debug/model.ts';
import { type Completion, complete } from './complete.ts';
import { Context, type ReplHost } from './context.ts';
import { heardLines, stopText } from './stop-text.ts';
import { commandNamed } from './table.ts';

/** What a line came to. */
export interface Reply {
  /** false: something was refused, or an expectation did not hold. */
  readonly ok: boolean;
  /** Without a newline at its end. */
  readonly text: string;
  readonly quit: boolean;
}

/** Scripts of breakpoints that run the guest may run others; so many are enough. */
const QUEUE_LIMIT = 10_000;

export class Repl {
  readonly context: Context;
  #last = '';

  constructor(guest: Debugger, host: ReplHost) {
    this.context = new Context(guest, host);
  }

  get prompt(): string {
    return this.context.collecting === undefined ? '(modbox) ' : '> ';
  }

  /** Does a line and what it leads to; never throws for what a person typed. */
  async execute(line: string): Promise<Reply> {
    const { queue } = this.context;
    let reply = await this.#one(line);
    for (let done = 0; queue.length > 0 && !reply.quit; done++) {
      const next = queue.shift() ?? '';
      const more =
        done < QUEUE_LIMIT ? await this.#one(next) : failed(`more than ${QUEUE_LIMIT} commands`);
      reply = joined(reply, more);
      if (!more.ok) queue.length = 0;
    }
    return reply;
  }

  /** Where the guest stands already, when the session begins; '' at the very beginning. */
  where(): string {
    const { stop } = this.context.debugger;
    return stop === undefined ? '' : stopText(this.context, stop, 'far');
  }

  /** From now on what the guest says is told as it comes, in whole lines. */
  listen(show: (line: string) => void): void {
    const { context } = this;
    context.onHeard = () => {
      for (const line of heardLines(context, true)) show(line);
    };
  }

  /** What the last word of a line may become. */
  complete(line: string): Completion {
    return complete(this.context, line);
  }

  interrupt(): void {
    this.context.debugger.interrupt();
  }

  async #one(line: string): Promise<Reply> {
    const { context } = this;
    const text = line.trim();
    const { collecting } = context;
    if (collecting !== undefined) {
      if (text !== 'end') collecting.lines.push(text);
      else {
        context.scripts.set(collecting.number, collecting.lines);
        context.collecting = undefined;
      }
      return nothing;
    }
    if (text.startsWith('#')) return nothing;
    const wanted = text === '' ? this.#last : text;
    if (wanted === '') return nothing;
    const [, word = '', slash = '', rest = ''] = /^([^\s/]+)(\/\S*)?\s*(.*)$/s.exec(wanted) ?? [];
    const command = commandNamed(word);
    if (typeof command === 'string') return failed(command);
    const args = [slash, rest.trim()].filter((part) => part !== '').join(' ');
    const answer = await command.run(context, args);
    const { repeats } = command;
    this.#last = repeats === 'same' ? wanted : repeats === 'next' ? command.name : '';
    if (!answer.ok) return failed(answer.problem);
    // What is expected of the last command was not printed by another expectation.
    if (!/^(expect|assert)/.test(command.name)) context.lastText = answer.text;
    return { ok: true, text: answer.text, quit: answer.quit === true };
  }
}

const nothing: Reply = { ok: true, text: '', quit: false };

function failed(problem: string): Reply {
  return { ok: false, text: problem, quit: false };
}

function joined(first: Reply, second: Reply): Reply {
  const text = [first.text, second.text].filter((part) => part !== '').join('\n');
  return { ok: first.ok && second.ok, text, quit: second.quit };
}
