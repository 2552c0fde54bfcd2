// The prompt of the terminal debugger: line editing, history and completion by
// node:readline.  Ctrl-C stops a guest that runs, and clears the line otherwise.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Repl } from '../repl/repl.ts';
import type { Terminal } from './terminal.ts';

const HISTORY_LINES = 1000;

/** Reads and does commands until quit or the end of input. */
export async function prompt(repl: Repl, terminal: Terminal): Promise<void> {
  const file = historyFile(terminal.environment);
  let history: readonly string[] = readHistory(file);
  const editor = createInterface({
    ...{ input: process.stdin, output: process.stdout, terminal: true },
    ...{ historySize: HISTORY_LINES, history: [...history], removeHistoryDuplicates: true },
    completer: (line: string) => {
      const { candidates, word } = repl.complete(line);
      return [[...candidates], word];
    },
  });
  editor.on('history', (lines) => {
    history = lines;
  });
  editor.on('SIGINT', () => {
    if (repl.context.debugger.running) {
      repl.interrupt();
      return;
    }
    terminal.out('\n');
    // Ctrl-U of the editor: what was typed is gone.
    editor.write(null, { ctrl: true, name: 'u' });
    editor.prompt();
  });
  repl.listen((line) => terminal.out(`${line}\n`));
  ask(repl, editor);
  for await (const line of editor) {
    const reply = await repl.execute(line);
    if (reply.text !== '') terminal.out(`${reply.text}\n`);
    if (reply.quit) break;
    ask(repl, editor);
  }
  editor.close();
  writeHistory(file, history);
}

function ask(repl: Repl, editor: ReturnType<typeof createInterface>): void {
  editor.setPrompt(repl.prompt);
  editor.prompt();
}

/** Where XDG puts what programs remember. */
function historyFile(environment: Terminal['environment']): string {
  const state = environment['XDG_STATE_HOME'];
  const folder = state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state');
  return join(folder, 'modbox', 'debug-history');
}

/** Newest first, as readline has it. */
function readHistory(file: string): readonly string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line !== '').slice(0, HISTORY_LINES);
  } catch {
    return [];
  }
}

/** A history that cannot be kept is no reason to fail. */
function writeHistory(file: string, lines: readonly string[]): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}
