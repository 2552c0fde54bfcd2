// Suggestions: near names only, best first, and none for very short ones.

import { expect, test } from 'vitest';
import { nearestNames } from './nearest.ts';

const names = ['printf', 'sprintf', 'snprintf', 'kmalloc', 'mutex_lock', 'mutex_unlock', 'foo'];

test.for([
  ['printff', ['printf']],
  ['mutex_lok', ['mutex_lock']],
  ['mutex_nlock', ['mutex_lock', 'mutex_unlock']],
  ['kmalloc', []],
  ['fo', []],
  ['nothing_like_it', []],
] as const)('for %s: %o', ([wanted, nearest]) => {
  expect(nearestNames(wanted, names)).toEqual(nearest);
});
