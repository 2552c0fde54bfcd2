// The link map as text: the same for the same object, base and modbox, so that
// tests compare it.

import { type Addr, formatAddr } from '../base/address.ts';
import type { LinkMap, MapSymbol } from './map-facts.ts';
import { visible } from './terminal.ts';
import { columns, count, wrapped } from './words.ts';

const WIDTH = 86;

export function mapText(map: LinkMap): string {
  const address = (value: Addr): string => formatAddr(value, map.arch.wordBytes);
  const kind = map.flavour === undefined ? 'module' : `${map.flavour} module`;
  const lines = [`${map.name}: ${kind} for ${map.arch.name}, at ${address(map.base)}`];
  const table = (title: string, rows: readonly (readonly string[])[]): void => {
    lines.push('', ...(rows.length === 0 ? [`${title}: none`] : [title, ...columns(rows)]));
  };
  table(
    'segments and sections: address, bytes, alignment',
    map.segments.flatMap(({ name, base, bytes, align, protection, disposable, sections }) => [
      [
        address(base),
        right(bytes, 8),
        right(align, 5),
        protection,
        `${name}${disposable ? ', freed after init' : ''}`,
      ],
      ...sections.map((section) => [
        address(section.address),
        right(section.bytes, 8),
        right(section.align, 5),
        '',
        `  ${section.name}`,
      ]),
    ]),
  );
  table(
    'sets: from, to, elements',
    map.sets.map(({ name, start, stop, elements }) => [
      address(start),
      address(stop),
      right(elements, 3),
      name,
    ]),
  );
  table(
    'symbols: address, bytes, binding, type, section',
    map.symbols.map((symbol) => [
      address(symbol.address),
      right(symbol.bytes, 8),
      symbol.binding,
      typeOf(symbol),
      symbol.section ?? '(absolute)',
      symbol.name,
    ]),
  );
  table(
    'relocations',
    map.relocations.map(({ section, types }) => [
      `  ${section}`,
      types.map(({ name, count: many }) => `${many} ${name}`).join(', '),
    ]),
  );
  table(
    'undefined symbols',
    map.undefinedSymbols.map(({ name, weak, uses }) => [
      `  ${name}`,
      `${count(uses, 'use')}${weak ? ', weak' : ''}`,
    ]),
  );
  // Sizes of debugging information depend on the folder it was compiled in.
  const others = map.notLoaded.map(({ name }) => name);
  lines.push('', 'not loaded', ...wrapped(others, WIDTH).map((line) => `  ${line}`));
  if (map.problems.length > 0)
    lines.push('', 'does not link at this base', ...map.problems.map((each) => `  ${each}`));
  return `${lines.map(visible).join('\n')}\n`;
}

function typeOf({ type, thumb }: MapSymbol): string {
  if (thumb) return 'thumb function';
  return type === 'other' ? '-' : type;
}

function right(value: number, width: number): string {
  return `${value}`.padStart(width);
}
