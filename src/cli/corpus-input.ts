// What the corpus commands and the linker's benchmark work with: the fetched
// modules and set-up's ld.lld.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CorpusTarget, findTargets } from '../corpus/targets.ts';
import { root } from '../host/assets.ts';
import { InputError } from './errors.ts';

export const corpusFolder = (cache: string): string => join(cache, 'corpus');

/** @throws InputError when the corpus or one that was named is not there. */
export function chosenTargets(
  names: readonly string[] | undefined,
  cache: string,
): readonly CorpusTarget[] {
  const found = findTargets(corpusFolder(cache));
  const present = found.map(({ name }) => name);
  const missing = names?.filter((name) => !present.includes(name)) ?? [];
  if (missing.length > 0 || found.length === 0) {
    const what = missing.length > 0 ? `the corpus has no ${missing.join(', ')}` : 'no corpus';
    const there = present.length > 0 ? `; it has ${present.join(', ')}` : ' in the cache';
    throw new InputError(`${what}${there}; \`npm run corpus\` fetches it`);
  }
  return names === undefined ? found : found.filter(({ name }) => names.includes(name));
}

/** The ld.lld that set-up found. */
export function lldOfSetUp(): string {
  const written: unknown = JSON.parse(readFileSync(join(root, 'build', 'toolchain.json'), 'utf8'));
  if (typeof written === 'object' && written !== null && 'lld' in written)
    return String(written.lld);
  throw new InputError('build/toolchain.json names no ld.lld; run `npm run setup`');
}
