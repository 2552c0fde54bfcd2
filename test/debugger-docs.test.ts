// docs/debugger.md: each transcript in it is what the debugger says.  A block
// ```transcript MODULE holds commands behind the prompt, and what they print.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root, samplePath } from '../src/host/assets.ts';
import { masked, openRepl } from './support/repl.ts';

const file = join(root, 'docs', 'debugger.md');
const block = /```transcript (\w+)\n(.*?)```/gs;
const prompt = '(modbox) ';

const written = readFileSync(file, 'utf8');
const blocks = [...written.matchAll(block)].map(([whole, module = '', text = '']) => ({
  ...{ whole, module, text },
  commands: text.split('\n').flatMap((line) => line.split(prompt)[1] ?? []),
}));

describe('docs/debugger.md', () => {
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

  test.for(blocks)('$module: $commands.0 ...', async ({ whole, module, text, commands }) => {
    const guest = await openRepl('amd64', samplePath('amd64', module));
    try {
      const said = (await guest.transcript(...commands)).replaceAll(`${root}/`, '');
      made.set(whole, `\`\`\`transcript ${module}\n${said}\`\`\``);
      if (process.env['MODBOX_GOLDEN'] !== 'update') expect(masked(said)).toBe(masked(text));
    } finally {
      guest.close();
    }
  });
});
