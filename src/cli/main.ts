// The command: finds the verb, runs it, and turns whatever happens into an exit
// status and at most one paragraph.  There is no handler for SIGINT on purpose:
// the machine runs synchronously, so the operating system must end the process,
// and nothing needs to be put away.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../host/assets.ts';
import { endingOf, UsageError } from './errors.ts';
import { generalHelp } from './help.ts';
import { jsonText } from './json.ts';
import { meant } from './options.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { STATUS, type Status } from './verb.ts';
import { verbs } from './verbs.ts';

async function dispatch(args: readonly string[], terminal: Terminal): Promise<Status> {
  const [word, ...rest] = args;
  switch (word) {
    case undefined:
      terminal.err(generalHelp(verbs));
      return STATUS.usage;
    case '--version':
    case '-V':
      terminal.out(`modbox ${version()}\n`);
      return STATUS.ok;
    case 'help':
    case '--help':
    case '-h':
      terminal.out(helpOn(rest[0]));
      return STATUS.ok;
    default:
      return verbNamed(word).run(rest, terminal);
  }
}

function helpOn(word: string | undefined): string {
  return word === undefined ? generalHelp(verbs) : verbNamed(word).help;
}

function verbNamed(word: string): (typeof verbs)[number] {
  const verb = verbs.find(({ name }) => name === word);
  if (verb !== undefined) return verb;
  if (word.startsWith('-'))
    throw new UsageError(`no option ${word}${meant(word, ['--version', '--help'])}`);
  const names = [...verbs.map(({ name }) => name), 'help'];
  throw new UsageError(`no verb ${word}${meant(word, names)}`);
}

function version(): string {
  const written: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (typeof written !== 'object' || written === null || !('version' in written)) return '?';
  return String(written.version);
}

async function main(args: readonly string[]): Promise<void> {
  const terminal = processTerminal();
  try {
    process.exitCode = await dispatch(args, terminal);
  } catch (error) {
    const { status, message } = endingOf(error, Boolean(process.env['MODBOX_TRACE']));
    if (args.includes('--json')) terminal.out(jsonText({ ok: false, error: message }));
    terminal.err(`${message}\n`);
    process.exitCode = status;
  }
}

await main(process.argv.slice(2));
