// The session itself: help, scripts and what they expect, the end.

import { type Answer, type Command, fail, groups, say } from '../command.ts';
import type { Context } from '../context.ts';
import { readerOf } from '../evaluate.ts';
import { integerOf } from '../formats.ts';
import { columns } from '../paint.ts';
import { listedNumbers } from './stops.ts';

/** "text" or /regular expression/ in what the last command printed. */
function isIn(text: string, pattern: string): boolean | string {
  const expression = /^\/(.*)\/([im]*)$/s.exec(pattern);
  if (expression === null) return text.includes(pattern.replace(/^"(.*)"$/s, '$1'));
  try {
    return new RegExp(expression[1] ?? '', `${expression[2]}m`.replace('mm', 'm')).test(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function expect(context: Context, args: string, wanted: boolean): Answer {
  if (args === '') return fail('expect: name a text, or a /regular expression/');
  const found = isIn(context.lastText, args);
  if (typeof found === 'string') return fail(found);
  if (found === wanted) return say();
  return fail(`the last command printed ${wanted ? 'no' : 'a'} ${args}`);
}

function assert(context: Context, args: string): Answer {
  const found = context.evaluate(args);
  if (!found.ok) return fail(found.problem);
  const integer = integerOf(found.value, readerOf(context));
  if (integer === undefined) return fail(`${args} is no number`);
  return integer.value !== 0n ? say() : fail(`${args} is 0`);
}

function source(context: Context, args: string): Answer {
  const lines = context.host.readScript(args);
  if (lines === undefined) return fail(`${args}: no such file`);
  context.queue.unshift(...lines);
  return say();
}

function commands(context: Context, args: string): Answer {
  const all = listedNumbers(context);
  const number = args === '' ? Math.max(...all) : Number(args);
  if (!all.includes(number))
    return fail(args === '' ? 'there are no breakpoints' : `there is no breakpoint ${args}`);
  context.collecting = { number, lines: [] };
  return say();
}

export const session: readonly Command[] = [
  {
    ...{ name: 'commands', group: 'stops', usage: '[NUMBER]' },
    summary: 'what to do at a breakpoint: lines, and then end',
    run: commands,
  },
  {
    ...{ name: 'source', group: 'session', usage: 'FILE', completes: 'file' },
    summary: 'do the commands in a file',
    run: source,
  },
  {
    ...{ name: 'expect', group: 'session', usage: 'TEXT | /EXPRESSION/' },
    summary: 'fail unless the last command printed this',
    run: (context, args) => expect(context, args, true),
  },
  {
    ...{ name: 'expect-not', group: 'session', usage: 'TEXT | /EXPRESSION/' },
    summary: 'fail if the last command printed this',
    run: (context, args) => expect(context, args, false),
  },
  {
    ...{ name: 'assert', group: 'session', usage: 'EXPRESSION', completes: 'expression' },
    summary: 'fail if the expression is 0',
    run: assert,
  },
  {
    ...{ name: 'echo', group: 'session', usage: 'TEXT', summary: 'print a text' },
    run: (_, args) => say(args),
  },
  {
    ...{ name: 'quit', aliases: ['q', 'exit'], group: 'session', summary: 'end' },
    run: () => ({ ok: true, text: '', quit: true }),
  },
];

/** What help prints: all commands by group, or all about one. */
export function helpText(commandsThereAre: readonly Command[]): string {
  const names = Object.entries(groups);
  const blocks = names.map(([group, title]) => {
    const own = commandsThereAre.filter((each) => each.group === group);
    const rows = own.map(({ name, aliases = [], summary }) => [
      `  ${[name, ...aliases.filter((alias) => alias.length <= 3)].join(', ')}`,
      summary,
    ]);
    return [`${title}:`, ...columns(rows)].join('\n');
  });
  const note =
    'Names may be cut as long as they are unique; an empty line repeats.  help COMMAND says more.';
  return [...blocks, note].join('\n');
}

export function helpOn({ name, aliases = [], usage = '', summary, help }: Command): string {
  const others = aliases.length === 0 ? '' : `\nalso: ${aliases.join(', ')}`;
  const more = help === undefined ? '' : `\n${help}`;
  return `${`${name} ${usage}`.trim()}: ${summary}${more}${others}`;
}
