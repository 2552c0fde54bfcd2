// What a person types, to what is meant: names, formats, numbers, without a guest.

import { describe, expect, test } from 'vitest';
import type { ValueNode } from '../debug/model.ts';
import { formatInteger, formatNode, type NodeReader, splitFormat } from './formats.ts';
import { splitCondition } from './locations.ts';
import { StopNumbers } from './numbers.ts';
import { expandTabs, fitted, visible } from './paint.ts';
import { SourceText } from './source-text.ts';
import { commandNamed, commands } from './table.ts';

const named = (word: string): string => {
  const found = commandNamed(word);
  return typeof found === 'string' ? `no: ${found}` : found.name;
};

describe('names of commands', () => {
  test.for<[string, string]>([
    ['b', 'break'],
    ['c', 'continue'],
    ['s', 'step'],
    ['si', 'stepi'],
    ['n', 'next'],
    ['bt', 'backtrace'],
    ['rc', 'reverse-continue'],
    ['rs', 'reverse-step'],
    ['disas', 'disassemble'],
    ['insmod', 'load'],
    ['fini', 'finish'],
    ['i', 'info'],
  ])('%s is %s', ([word, name]) => {
    expect(named(word)).toBe(name);
  });

  test('what several begin with is told', () => {
    expect(named('w')).toBe('no: w may be why, watch, backtrace, whatis');
  });

  test('what is nearly a name is told', () => {
    expect(named('brek')).toMatch(/^no: there is no command brek; did you mean break\?/);
  });

  test('no name or alias is there twice', () => {
    const all = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
  });
});

describe('formats', () => {
  test('count, letter and size come in any order', () => {
    const format = { count: 4, letter: 'x', bytes: 4 };
    expect(splitFormat('/4xw $sp')).toEqual({ format, rest: '$sp' });
    expect(splitFormat('/4wx $sp')).toEqual({ format, rest: '$sp' });
  });

  test.for(['/4y a', '/0x a', '/9999x a', '/x4 a'])('%s is refused', (text) => {
    expect(splitFormat(text)).toBeTypeOf('string');
  });

  test.for<[string, bigint, number, string]>([
    ['x', -1n, 4, '0xffffffff'],
    ['d', 0xffff_ffffn, 4, '-1'],
    ['u', -1n, 1, '255'],
    ['o', 8n, 4, '010'],
    ['t', 5n, 1, '101'],
    ['z', 10n, 2, '0x000a'],
    ['c', 65n, 1, "65 'A'"],
    ['c', 10n, 1, "10 '\\012'"],
    ['f', 0x3fc0_0000n, 4, '1.5'],
    ['a', 16n, 8, '0x10 <f>'],
  ])('/%s of %d in %d bytes', ([letter, value, bytes, wanted]) => {
    expect(formatInteger({ value, bytes }, letter, () => ' <f>')).toBe(wanted);
  });

  test('a struct is formatted by its members', () => {
    const leaf = (name: string, text: string): ValueNode => ({
      ...{ name, text, type: 'int', address: undefined, bytes: 4 },
      children: () => [],
    });
    const node: ValueNode = {
      ...leaf('s', '{a = 10, b = -1}'),
      children: () => [leaf('a', '10'), leaf('b', '-1')],
    };
    const reader: NodeReader = { wordBytes: 4, read: () => new Uint8Array(), symbol: () => '' };
    expect(formatNode(node, 'x', reader)).toBe('{a = 0xa, b = 0xffffffff}');
  });
});

describe('lines', () => {
  test.for<[string, string, string | undefined]>([
    ['main', 'main', undefined],
    ['f.c:3 if n > 1', 'f.c:3', 'n > 1'],
    ['if ready', '', 'ready'],
    ['notify', 'notify', undefined],
  ])('"%s" is a place and a condition', ([text, location, condition]) => {
    expect(splitCondition(text)).toEqual({ location, condition });
  });

  test('tabs go to columns of eight, long lines are cut, control characters shown', () => {
    expect(expandTabs('a\tb')).toBe('a       b');
    expect(fitted('abcdef', 4)).toBe('abc…');
    expect(visible('a\x1b[2J')).toBe('a\\x1b[2J');
  });
});

test('breakpoints and watchpoints have one row of numbers', () => {
  const numbers = new StopNumbers();
  expect([numbers.of('breakpoint', 7), numbers.of('watchpoint', 7)]).toEqual([1, 2]);
  expect(numbers.of('breakpoint', 7)).toBe(1);
  expect(numbers.find(2)).toEqual({ kind: 'watchpoint', id: 7 });
});

test('where a source was looked for is told once', () => {
  const sources = new SourceText(() => ({ found: false, tried: ['/a/f.c'] }));
  expect(sources.lines('f.c')).toBeUndefined();
  expect(sources.takeComplaint('f.c')).toBe('no source of f.c; looked for\n  /a/f.c');
  expect(sources.takeComplaint('f.c')).toBeUndefined();
});
