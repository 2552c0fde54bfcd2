// Short words that somebody may have meant.

import { nearestNames } from '../linker/nearest.ts';

/** In a short word two edits are many, but there are few that could be meant. */
export function nearWords(word: string, names: readonly string[]): readonly string[] {
  const padding = 'padding ';
  const padded = names.map((name) => padding + name);
  return nearestNames(padding + word, padded).map((name) => name.slice(padding.length));
}
