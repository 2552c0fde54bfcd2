// Expressions that are shown at every stop.

import { addr } from '../base/address.ts';
import type { Context, Display } from './context.ts';
import { addressOf, readerOf } from './evaluate.ts';
import { examine } from './examine.ts';
import { formatNode, splitFormat } from './formats.ts';
import { visible } from './paint.ts';

export function showDisplays(context: Context): readonly string[] {
  return context.displays
    .filter(({ enabled }) => enabled)
    .map((each) => showDisplay(context, each));
}

export function showDisplay(context: Context, { id, expression, format }: Display): string {
  const head = `${id}: ${format === '' ? '' : `${format} `}${expression} =`;
  const split = splitFormat(`${format} ${expression}`.trim());
  if (typeof split !== 'string' && /[is]/.test(split.format.letter ?? '')) {
    const at = addressOf(context, expression);
    const text = typeof at === 'string' ? at : examine(context, addr(at), split.format).text;
    return `${head.slice(0, -2)}\n${text}`;
  }
  const found = context.evaluate(expression);
  if (!found.ok) return `${head} <${visible(found.problem)}>`;
  const letter = typeof split === 'string' ? undefined : split.format.letter;
  const text =
    letter === undefined ? found.value.text : formatNode(found.value, letter, readerOf(context));
  return `${head} ${visible(text)}`;
}
