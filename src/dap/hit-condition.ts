// Hit conditions as users of editors type them: "5", "== 5", ">= 5", "% 3".

import type { HitCondition } from '../debug/model.ts';
import { Refusal } from './fields.ts';

const COUNT_LIMIT = 2 ** 53;

/** The condition that a text means; undefined for none. @throws Refusal */
export function hitConditionOf(text: string | undefined): HitCondition | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const match = /^\s*(==|=|>=|>|<=|<|%)?\s*([0-9]{1,16})\s*$/.exec(text);
  const count = Number(match?.[2]);
  const test = testOf(match?.[1]);
  if (match === null || test === undefined || count > COUNT_LIMIT || (test === '%' && count === 0))
    throw new Refusal(
      `hit condition: found "${text}", wanted N, == N, >= N, > N, <= N, < N or % N`,
    );
  return { test, count };
}

/** A number alone is the hit to stop at. */
function testOf(written: string | undefined): HitCondition['test'] | undefined {
  switch (written) {
    case undefined:
    case '=':
    case '==':
      return '==';
    case '>=':
    case '>':
    case '<=':
    case '<':
    case '%':
      return written;
    default:
      return undefined;
  }
}
