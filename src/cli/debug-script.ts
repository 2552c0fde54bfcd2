// Commands without a person: each is shown behind the prompt, as in a session, and the
// first that fails ends it.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Repl } from '../repl/repl.ts';
import type { Terminal } from './terminal.ts';

export interface Script {
  readonly repl: Repl;
  readonly terminal: Terminal;
  readonly keepGoing: boolean;
}

export interface ScriptEnd {
  /** Nothing failed. */
  readonly ok: boolean;
  readonly quit: boolean;
}

/** Does lines, of a list or of a stream as they come. */
export async function runScript(
  { repl, terminal, keepGoing }: Script,
  input: readonly string[] | Readable,
): Promise<ScriptEnd> {
  const lines = 'length' in input ? input : createInterface({ input });
  let ok = true;
  for await (const line of lines) {
    // An empty line repeats only for people.
    if (line.trim() === '') continue;
    terminal.out(`${terminal.style.bold(repl.prompt)}${line}\n`);
    const reply = await repl.execute(line);
    if (reply.text !== '') terminal.out(`${reply.text}\n`);
    if (reply.quit) return { ok, quit: true };
    if (reply.ok) continue;
    ok = false;
    if (keepGoing) continue;
    return { ok, quit: true };
  }
  return { ok, quit: false };
}
