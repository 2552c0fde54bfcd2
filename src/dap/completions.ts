// What the beginning of a line in the debug console may become: commands behind ">",
// and the names that expressions have.

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Client } from './client.ts';
import type { Fields } from './fields.ts';
import type { Commands } from './launch.ts';
import type { Body } from './protocol.ts';

const columns = { min: 0, max: 1_000_000 };

export function completionsOf(
  commands: Commands,
  { firstColumn }: Client,
  args: Fields,
): Body<DebugProtocol.CompletionsResponse> {
  const written = args
    .text('text')
    .slice(0, Math.max(0, args.integer('column', columns) - firstColumn));
  const isCommand = written.startsWith('>');
  // What an expression may hold is what print takes.
  const line = isCommand ? written.slice(1) : `print ${written}`;
  const { candidates, word } = commands.complete(line);
  return {
    targets: candidates.map((label) => ({
      label,
      start: written.length - word.length + firstColumn,
      length: word.length,
    })),
  };
}
