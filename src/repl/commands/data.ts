// Values: print, x, display, set, types.

import { addr, plus } from '../../base/address.ts';
import type { ValueNode } from '../../debug/model.ts';
import { type Answer, type Command, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { showDisplay, showDisplays } from '../displays.ts';
import { addressOf, readerOf } from '../evaluate.ts';
import { examine } from '../examine.ts';
import { formatNode, integerOf, splitFormat } from '../formats.ts';
import { visible } from '../paint.ts';

function print(context: Context, args: string, numbered: boolean): Answer {
  const split = splitFormat(args);
  if (typeof split === 'string') return fail(split);
  const { format, rest } = split;
  const last = context.history.length;
  const expression = rest === '' ? (last === 0 ? '' : '$') : rest;
  if (expression === '') return fail('print: name an expression');
  const found = context.evaluate(expression);
  if (!found.ok) return fail(found.problem);
  const { value } = found;
  const text =
    format.letter === undefined ? value.text : formatNode(value, format.letter, readerOf(context));
  if (!numbered) return say(visible(text));
  context.history.push(remembered(context, value, expression));
  return say(`$${context.history.length} = ${visible(text)}`);
}

/** A value as an expression: numbers as they are now, others by what was asked. */
function remembered(context: Context, value: ValueNode, expression: string): string {
  const integer = value.text.startsWith('{') ? undefined : integerOf(value, readerOf(context));
  const isScalar = integer !== undefined && !/[\])]$/.test(value.type) && value.type !== '';
  return isScalar ? `((${value.type}) ${integer.value})` : `(${expression})`;
}

function display(context: Context, args: string): Answer {
  if (args === '') return say(showDisplays(context).join('\n'));
  const split = splitFormat(args);
  if (typeof split === 'string') return fail(split);
  const format = args.startsWith('/') ? (args.split(/\s/, 1)[0] ?? '') : '';
  if (split.rest === '') return fail('display: name an expression');
  const id = (context.displays.at(-1)?.id ?? 0) + 1;
  const added = { id, expression: split.rest, format, enabled: true };
  context.displays.push(added);
  return say(showDisplay(context, added));
}

function undisplay(context: Context, args: string): Answer {
  if (args === '') {
    context.displays.length = 0;
    return say();
  }
  const index = context.displays.findIndex(({ id }) => String(id) === args);
  if (index < 0) return fail(`there is no display ${args}`);
  context.displays.splice(index, 1);
  return say();
}

/** set var X = Y, set X = Y, set $register = Y, set $name = Y. */
function set(context: Context, args: string): Answer {
  const text = args.replace(/^var(iable)?\s+/, '');
  const [, target = '', value = ''] = /^(.*?[^=!<>])=(?!=)\s*(.+)$/s.exec(text) ?? [];
  const left = target.trim();
  if (left === '' || value === '') return fail('set: as in set var x = 1, or set $pc = main');
  const name = /^\$([a-z_]\w*)$/i.exec(left)?.[1];
  if (name !== undefined) return setRegister(context, name, value);
  const found = context.evaluate(left);
  if (!found.ok) return fail(found.problem);
  if (found.value.assign === undefined) return fail(`${left} cannot be changed`);
  const problem = found.value.assign(value);
  return problem === undefined ? say() : fail(problem);
}

function setRegister(context: Context, name: string, text: string): Answer {
  const { debugger: guest } = context;
  const found = context.evaluate(text);
  if (!found.ok) return fail(found.problem);
  const register = guest.registers().find((each) => each.name === name);
  const role = { pc: guest.arch.roles.pc, sp: guest.arch.roles.sp }[name];
  if (register === undefined && role !== undefined) return setRegister(context, role, text);
  if (register === undefined) {
    context.variables.set(name, remembered(context, found.value, text));
    return say();
  }
  if (context.frameNumber !== 0) return fail('registers are changed in frame 0');
  const integer = integerOf(found.value, readerOf(context));
  if (integer === undefined) return fail(`${text} is no number`);
  const bytes = Uint8Array.from({ length: register.bits / 8 }, (_, i) =>
    Number(BigInt.asUintN(8, BigInt.asUintN(register.bits, integer.value) >> BigInt(i * 8))),
  );
  const problem = guest.writeRegister(name, bytes);
  return problem === undefined ? say() : fail(problem);
}

/** The type, and with `whole` the members of a struct. */
function typeOf(context: Context, args: string, whole: boolean): Answer {
  if (args === '') return fail('name an expression, or a type');
  const direct = context.evaluate(args);
  // A type has no value, but what could be at some readable place has its type.
  const found = direct.ok ? direct : context.evaluate(`*(${args} *)$pc`);
  const isType = /^(struct|union|enum)\b/.test(args);
  if (!found.ok) return fail(isType || direct.ok ? found.problem : direct.problem);
  const { value } = found;
  const members = whole && !/[\])]$/.test(value.type) ? value.children() : [];
  // What a pointer to a plain value points to has no name.
  if (members.every(({ name }) => name === '*')) return say(`type = ${visible(value.type)}`);
  const [, type = '', stars = ''] = /^(.*?)( \*+)?$/s.exec(value.type) ?? [];
  const lines = members.map((member) => `    ${declared(member.type, member.name)};`);
  return say([`type = ${visible(type)} {`, ...lines.map(visible), `}${stars}`].join('\n'));
}

/** "int (*f)(void)" of "int (*)(void)" and f; "int a[3]" of "int [3]" and a. */
function declared(type: string, name: string): string {
  if (type.includes('(*)')) return type.replace('(*)', `(*${name})`);
  const array = type.indexOf('[');
  if (array > 0) return `${type.slice(0, array).trimEnd()} ${name}${type.slice(array)}`;
  return type.endsWith('*') ? `${type}${name}` : `${type} ${name}`;
}

/** A function's call, in the guest; its arguments are expressions. */
export function callOf(
  context: Context,
  args: string,
): { symbol: string; words: readonly bigint[] } | string {
  const [, symbol, list = ''] = /^([A-Za-z_][\w.]*)\s*\((.*)\)$/s.exec(args.trim()) ?? [];
  if (symbol === undefined) return `"${args}" is no call; as in call hello_add(2, 40)`;
  const words: bigint[] = [];
  for (const text of splitArguments(list)) {
    const found = context.evaluate(text);
    if (!found.ok) return found.problem;
    const integer = integerOf(found.value, readerOf(context));
    if (integer === undefined) return `${text} is no number, which an argument has to be`;
    words.push(BigInt.asUintN(context.debugger.arch.wordBytes * 8, integer.value));
  }
  return { symbol, words };
}

/** At the commas that are not within parentheses. */
function splitArguments(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of list) {
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
      continue;
    }
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    part += character;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

/** x: from an address, or on from where it ended. */
function x(context: Context, args: string): Answer {
  const split = splitFormat(args);
  if (typeof split === 'string') return fail(split);
  const start = split.rest === '' ? context.examined?.address : addressOf(context, split.rest);
  if (typeof start === 'string') return fail(start);
  if (start === undefined) return fail('x: name an address');
  const given = args.startsWith('/') ? (args.split(/\s/, 1)[0] ?? '') : '';
  const text = given === '' ? (context.examined?.format ?? '') : given;
  const format = splitFormat(text);
  if (typeof format === 'string') return fail(format);
  const answer = examine(context, addr(start), format.format);
  context.examined = { address: plus(addr(start), answer.bytes), format: text };
  return answer.complete ? say(answer.text) : fail([answer.text, answer.problem].join('\n').trim());
}

export const data: readonly Command[] = [
  {
    ...{ name: 'print', aliases: ['p', 'inspect'], group: 'data', usage: '[/FORMAT] EXPRESSION' },
    summary: 'the value of a C expression',
    help: 'Formats: x hexadecimal, z with zeros, d signed, u unsigned, o octal, t binary, c character,\na address, f floating.  $1, $2 ... are values that were printed.',
    completes: 'expression',
    run: (context, args) => print(context, args, true),
  },
  {
    ...{ name: 'output', group: 'data', usage: '[/FORMAT] EXPRESSION', completes: 'expression' },
    summary: 'the value alone',
    run: (context, args) => print(context, args, false),
  },
  {
    ...{ name: 'x', group: 'data', usage: '[/COUNT FORMAT SIZE] ADDRESS', repeats: 'next' },
    ...{ summary: 'memory, as in x/4xw $sp', completes: 'expression' },
    help: 'Formats as of print, and s string, i instruction; sizes: b 1, h 2, w 4, g 8 bytes.',
    run: x,
  },
  {
    ...{ name: 'display', group: 'data', usage: '[/FORMAT] EXPRESSION', completes: 'expression' },
    summary: 'show a value at every stop',
    run: display,
  },
  {
    ...{ name: 'undisplay', group: 'data', usage: '[NUMBER]' },
    summary: 'do not show it any more',
    run: undisplay,
  },
  {
    ...{ name: 'set', group: 'data', usage: '[var] PLACE = EXPRESSION', completes: 'expression' },
    summary: 'change a variable, memory, or a $register',
    run: set,
  },
  {
    ...{ name: 'ptype', group: 'data', usage: 'EXPRESSION | TYPE', completes: 'expression' },
    summary: 'the type, with its members',
    run: (context, args) => typeOf(context, args, true),
  },
  {
    ...{ name: 'whatis', group: 'data', usage: 'EXPRESSION', completes: 'expression' },
    summary: 'the name of the type',
    run: (context, args) => typeOf(context, args, false),
  },
];
