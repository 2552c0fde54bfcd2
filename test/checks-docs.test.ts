// docs/checks.md: each transcript in it is what the command prints.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../src/host/assets.ts';
import { modbox } from './support/command.ts';

const file = join(root, 'docs', 'checks.md');
const block = /```transcript\n\$ modbox (.*?)\n(.*?)```/gs;

const written = readFileSync(file, 'utf8');
const blocks = [...written.matchAll(block)].map(([whole, command = '', text = '']) => {
  // Arguments as a shell has them: apart, or between quotes.
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b ?? '');
  return { whole, command, text, words };
});

/** Addresses change with every change of the guest kernel, and so does its code. */
const masked = (text: string): string =>
  text
    .replaceAll(/\b(0x)?[0-9a-f]{8,20}\b/g, '...')
    .replaceAll(/^\| {2}(?!planted).*\+0x.*$/gm, '|  ...')
    .replaceAll(/, \d+ KiB free/g, ', ... free')
    .replaceAll(/\d+ bytes of stack/g, '... of stack');

describe('docs/checks.md', () => {
  const made = new Map<string, string>();

  afterAll(() => {
    if (process.env['MODBOX_GOLDEN'] !== 'update') return;
    writeFileSync(
      file,
      written.replace(block, (whole) => made.get(whole) ?? whole),
    );
  });

  test('has transcripts', () => {
    expect(blocks.length).toBeGreaterThan(3);
  });

  test.for(blocks)('$command', ({ whole, command, text, words }) => {
    const { status, stdout } = modbox(...words);
    expect(status).toBe(1);
    made.set(whole, `\`\`\`transcript\n$ modbox ${command}\n${stdout}\`\`\``);
    if (process.env['MODBOX_GOLDEN'] !== 'update') expect(masked(stdout)).toBe(masked(text));
  });
});
