// The terminal debugger over a real guest, as a transcript: what a script prints.

import { dirname } from 'node:path';
import type { ArchName } from '../../src/arch/arch.ts';
import { filesLike, findSource, readScript, writeFile } from '../../src/cli/debug-files.ts';
import { readFile } from '../../src/cli/input.ts';
import { plainStyle } from '../../src/cli/terminal.ts';
import { openSession } from '../../src/host/debug.ts';
import { sourceFiles } from '../../src/host/source-files.ts';
import type { ReplHost } from '../../src/repl/context.ts';
import { Repl } from '../../src/repl/repl.ts';
import { SourceText } from '../../src/repl/source-text.ts';

export interface ReplSession {
  readonly repl: Repl;
  /** Does commands; answers them and what they print. */
  transcript(...lines: readonly string[]): Promise<string>;
  /** Does one command; answers what it prints. */
  do(line: string): Promise<string>;
  close(): void;
}

/** @param program a module's file, for run and start */
export async function openRepl(arch: ArchName, program?: string): Promise<ReplSession> {
  const session = await openSession({ arch });
  const folders = program === undefined ? [] : [dirname(program)];
  const sources = sourceFiles({ sourceMap: [], sourcePath: [], folders });
  const host: ReplHost = {
    ...{ style: plainStyle, filesLike, readScript, writeFile, openObject: readFile },
    program: program === undefined ? undefined : readFile(program),
    width: () => undefined,
    sources: new SourceText((name) => findSource(sources, name)),
  };
  const repl = new Repl(session, host);
  return {
    repl,
    transcript: async (...lines) => {
      let text = '';
      for (const line of lines) {
        const shown = `${repl.prompt}${line}\n`;
        const reply = await repl.execute(line);
        text += shown + (reply.text === '' ? '' : `${reply.text}\n`);
      }
      return text;
    },
    do: async (line) => (await repl.execute(line)).text,
    close: () => session.close(),
  };
}

/** What changes with every change of the guest kernel is masked: addresses, its lines. */
export function masked(text: string): string {
  return text
    .replaceAll(/\b0x[0-9a-f]{7,16}\b/g, '0x...')
    .replaceAll(/0x\.\.\. <[^>]*>/g, '0x... <...>')
    .replaceAll(/(guest\/[\w/.]+):\d+/g, '$1:...');
}
