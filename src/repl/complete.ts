// Completion of the last word of a line: commands, and behind them what the command
// takes: symbols, locals, files, modules.

import type { Completes } from './command.ts';
import type { Context } from './context.ts';
import { commandNamed, commands } from './table.ts';

export interface Completion {
  /** Whole words, sorted. */
  readonly candidates: readonly string[];
  /** The part of the line that they replace. */
  readonly word: string;
}

/** More are of no help. */
const LIMIT = 500;

export function complete(context: Context, line: string): Completion {
  const text = line.trimStart();
  const [, first = '', rest] = /^([^\s/]+)(?:\/\S*)?(?:\s+(.*))?$/s.exec(text) ?? [];
  if (rest === undefined) return answer(names(), first);
  const command = commandNamed(first);
  if (typeof command === 'string' || command.completes === undefined) return answer([], '');
  return completeArgument(context, command.completes, rest);
}

function names(): readonly string[] {
  return commands.map(({ name }) => name);
}

function completeArgument(context: Context, completes: Completes, rest: string): Completion {
  if (typeof completes !== 'string') return answer(completes, rest);
  const word = /[\w$.]*$/.exec(rest)?.[0] ?? '';
  switch (completes) {
    case 'command':
      return answer(names(), rest);
    case 'file':
      return { candidates: context.host.filesLike(rest), word: rest };
    case 'module':
      return answer(
        context.debugger.kernel.modules.map(({ name }) => name),
        rest,
      );
    case 'symbol':
      return answer(symbols(context, word), word);
    case 'location':
      return answer([...symbols(context, word), ...files(context)], word);
    case 'expression':
      return answer(
        [...symbols(context, word), ...variables(context), ...registers(context)],
        word,
      );
  }
}

function symbols({ debugger: { kernel } }: Context, start: string): readonly string[] {
  if (start === '') return [];
  const tables = [kernel.image.symbols, ...kernel.present.map(({ symbols: own }) => own)];
  return tables.flatMap(({ entries }) =>
    entries.map(({ name }) => name).filter((name) => name.startsWith(start)),
  );
}

function files({ debugger: guest }: Context): readonly string[] {
  return guest.sourceFiles().map((file) => `${file.slice(file.lastIndexOf('/') + 1)}:`);
}

function variables(context: Context): readonly string[] {
  const { frame } = context;
  return frame === undefined ? [] : context.debugger.locals(frame).map(({ name }) => name);
}

function registers({ debugger: guest }: Context): readonly string[] {
  return guest.arch.registers.map(({ name }) => `$${name}`);
}

function answer(all: readonly string[], word: string): Completion {
  const candidates = [...new Set(all)].filter((each) => each.startsWith(word)).sort();
  return { candidates: candidates.slice(0, LIMIT), word };
}
