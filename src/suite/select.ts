// Choosing cases by name.

import { type Result, succeed } from '../base/result.ts';
import type { TestCase } from './model.ts';
import { regexpOf } from './read-value.ts';

/**
 * The case that has this name, else those whose name the regular expression matches.
 *
 * @param pattern undefined: all
 * @param names of every case there is
 */
export function nameSelection(
  pattern: string | undefined,
  names: readonly string[],
): Result<(test: TestCase) => boolean, string> {
  if (pattern === undefined) return succeed(() => true);
  if (names.includes(pattern)) return succeed(({ name }) => name === pattern);
  const regexp = regexpOf(pattern);
  return regexp.ok ? succeed(({ name }) => regexp.value.test(name)) : regexp;
}
