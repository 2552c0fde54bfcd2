// docs/testing.md: its suites can be read, and its transcripts are what the command
// says.  A block ```console begins with a command, and has what it prints.
// MODBOX_GOLDEN=update writes them anew.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cacheFolder, debianPath, root } from '../src/host/assets.ts';
import { describeSuiteProblem } from '../src/suite/problems.ts';
import { readSuite } from '../src/suite/read.ts';
import { modbox } from './support/command.ts';

const file = join(root, 'docs', 'testing.md');
const written = readFileSync(file, 'utf8');
const console = /```console\n\$ modbox ([^\n]*)\n(.*?)```/gs;
const transcripts = [...written.matchAll(console)].map(([whole, command = '', text = '']) => ({
  ...{ whole, command, text },
}));
const suites = [...written.matchAll(/```toml\n(.*?)```/gs)].map(([, text = '']) => text);

/** Without what another compiler would make otherwise. */
const masked = (text: string): string =>
  text
    .replaceAll(/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+...')
    .replaceAll(/ +\d+\/\d+ +\d+%/g, ' .../...');

describe('docs/testing.md', () => {
  const made = new Map<string, string>();
  afterAll(() => {
    if (process.env['MODBOX_GOLDEN'] !== 'update') return;
    writeFileSync(
      file,
      written.replace(console, (whole) => made.get(whole) ?? whole),
    );
  });

  test('has transcripts and suites', () => {
    expect(transcripts.length).toBeGreaterThan(3);
    expect(suites).toHaveLength(1);
  });

  test.for(suites)('%s', (text) => {
    const read = readSuite('docs/testing.md', text);
    expect(read.ok ? [] : read.problems.map(describeSuiteProblem)).toEqual([]);
  });

  const fetched = existsSync(debianPath(process.env, 'armv7', 'crc16'));
  const possible = transcripts.filter(({ command }) => fetched || !command.includes('$CACHE'));
  test.for(possible)('$command', ({ whole, command, text }) => {
    const cache = cacheFolder(process.env);
    const { stdout, stderr } = modbox(...command.replace('$CACHE', cache).split(' '));
    const said = (stdout + stderr).replaceAll(cache, '$CACHE');
    made.set(whole, `\`\`\`console\n$ modbox ${command}\n${said}\`\`\``);
    if (process.env['MODBOX_GOLDEN'] !== 'update') expect(masked(said)).toBe(masked(text));
  });
});
