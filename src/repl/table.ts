// All commands, and finding one by what a person types: its name, an alias, or the
// beginning of a name that only one has.

import { nearestNames } from '../linker/nearest.ts';
import { type Command, fail, say } from './command.ts';
import { data } from './commands/data.ts';
import { information } from './commands/info.ts';
import { modules } from './commands/modules.ts';
import { running } from './commands/running.ts';
import { helpOn, helpText, session } from './commands/session.ts';
import { source } from './commands/source.ts';
import { stack } from './commands/stack.ts';
import { stops } from './commands/stops.ts';
import { time } from './commands/time.ts';

const help: Command = {
  ...{ name: 'help', aliases: ['h', '?'], group: 'session', usage: '[COMMAND]' },
  ...{ summary: 'this, or all about a command', completes: 'command' },
  run: (_, args) => {
    if (args === '') return say(helpText(commands));
    const found = commandNamed(args);
    return typeof found === 'string' ? fail(found) : say(helpOn(found));
  },
};

export const commands: readonly Command[] = [
  ...running,
  ...time,
  ...stops,
  ...stack,
  ...data,
  ...source,
  ...modules,
  ...information,
  ...session,
  help,
];

/** A string says why there is none, or which there are. */
export function commandNamed(word: string): Command | string {
  const named = (command: Command): readonly string[] => [command.name, ...(command.aliases ?? [])];
  const exact = commands.find((command) => named(command).includes(word));
  if (exact !== undefined) return exact;
  const begun = commands.filter((command) => named(command).some((name) => name.startsWith(word)));
  const [only, another] = begun;
  if (only !== undefined && another === undefined) return only;
  if (begun.length > 1) return `${word} may be ${begun.map(({ name }) => name).join(', ')}`;
  const [near] = nearestNames(word, commands.flatMap(named));
  return `there is no command ${word}${near === undefined ? '; see help' : `; did you mean ${near}?`}`;
}
