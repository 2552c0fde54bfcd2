// What users may type for a hit condition.

import { expect, test } from 'vitest';
import { hitConditionOf } from './hit-condition.ts';

test.each([
  ['5', { test: '==', count: 5 }],
  ['== 5', { test: '==', count: 5 }],
  ['=5', { test: '==', count: 5 }],
  ['>= 3', { test: '>=', count: 3 }],
  ['>3', { test: '>', count: 3 }],
  ['<= 3', { test: '<=', count: 3 }],
  ['< 3', { test: '<', count: 3 }],
  [' % 2 ', { test: '%', count: 2 }],
])('"%s" is understood', (text, wanted) => {
  expect(hitConditionOf(text)).toEqual(wanted);
});

test.each([undefined, '', '  '])('%j is no condition', (text) => {
  expect(hitConditionOf(text)).toBeUndefined();
});

test.each(['often', '% 0', '-1', '5 6', '!= 3', '9'.repeat(17)])('"%s" is refused', (text) => {
  expect(() => hitConditionOf(text)).toThrow(/wanted N, == N/);
});
