// A command of the terminal debugger.  To add one, put a Command into one of the lists
// in commands/ ; table.ts finds it by its name, an alias, or the beginning of its name.

import type { Context } from './context.ts';

/** What came of a command; `text` has no newline at its end. */
export type Answer =
  | { readonly ok: true; readonly text: string; readonly quit?: boolean }
  | { readonly ok: false; readonly problem: string };

export interface Command {
  readonly name: string;
  /** Other names; those of gdb come first, then those of insmod's family. */
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** Behind the name: "[LOCATION] [if CONDITION]". */
  readonly usage?: string;
  /** A few words, no full stop. */
  readonly summary: string;
  /** What else there is to know, in whole lines. */
  readonly help?: string;
  /** An empty line after it does it again; 'next': without its arguments, from where it ended. */
  readonly repeats?: 'same' | 'next';
  /** What an argument may be, for completion. */
  readonly completes?: Completes;
  run(context: Context, args: string): Answer | Promise<Answer>;
}

export type Completes =
  | 'location'
  | 'expression'
  | 'file'
  | 'command'
  | 'module'
  | 'symbol'
  | readonly string[];

export const groups = {
  running: 'running',
  time: 'going back in time',
  stops: 'breakpoints and watchpoints',
  stack: 'stack and threads',
  data: 'data',
  source: 'source and code',
  modules: 'modules and the kernel',
  session: 'this session',
} as const;
export type Group = keyof typeof groups;

export function say(text = ''): Answer {
  return { ok: true, text };
}

export function fail(problem: string): Answer {
  return { ok: false, problem };
}

/** A count from the arguments: "" is `otherwise`; undefined: it is no count. */
export function countOf(args: string, otherwise: number): number | undefined {
  if (args === '') return otherwise;
  const value = /^\d{1,9}$/.test(args) ? Number(args) : 0;
  return value > 0 ? value : undefined;
}
