// Breakpoints, watchpoints and events that stop the guest.

import { addr } from '../../base/address.ts';
import type { Breakpoint, BreakpointSpec, Catches, WatchSpec } from '../../debug/model.ts';
import { type Answer, type Command, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { inFile, splitCondition } from '../locations.ts';

function breakAt(context: Context, args: string, temporary: boolean): Answer {
  const { location, condition } = splitCondition(args);
  const here = context.frame;
  if (location === '' && here === undefined) return fail('break: name a location');
  const place = location === '' ? `*0x${here?.pc.toString(16)}` : inFile(context, location);
  const added = context.debugger.addBreakpoint({ location: place, condition, temporary });
  return say(breakpointText(context, added));
}

function breakpointText(context: Context, { id, spec, places, problem }: Breakpoint): string {
  const number = context.numbers.of('breakpoint', id);
  const name = spec.temporary === true ? 'Temporary breakpoint' : 'Breakpoint';
  const [first] = places;
  if (first === undefined) return `${name} ${number}: ${problem ?? `${spec.location} is pending`}`;
  if (places.length > 1) return `${name} ${number} at ${spec.location}: ${places.length} places`;
  const where = first.file === undefined ? first.where : `${first.file}:${first.line}`;
  return `${name} ${number} at 0x${first.address.toString(16)}: ${where}`;
}

function watch(context: Context, args: string, kind: WatchSpec['kind']): Answer {
  const { location, condition } = splitCondition(args.replace(/^-l(ocation)?\s+/, ''));
  if (location === '') return fail('watch: name a variable or *ADDRESS');
  const found = context.evaluate(location);
  if (!found.ok) return fail(found.problem);
  const { address, bytes } = found.value;
  if (address === undefined || bytes === undefined || bytes === 0)
    return fail(`${location} is not in memory, so it cannot be watched`);
  const spec = { address: addr(address), bytes, kind, expression: location, condition };
  const added = context.debugger.addWatchpoint(spec);
  if (typeof added === 'string') return fail(added);
  const name = { write: 'Watchpoint', read: 'Read watchpoint', access: 'Access watchpoint' }[kind];
  return say(`${name} ${context.numbers.of('watchpoint', added.id)}: ${location}`);
}

/** "1 3-5" to numbers; undefined: that is not what it is. */
function numbersOf(args: string): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const word of args.split(/[\s,]+/).filter((each) => each !== '')) {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(word) ?? [];
    if (first === undefined || Number(last) - Number(first) > 1000) return undefined;
    for (let number = Number(first); number <= Number(last); number++) numbers.push(number);
  }
  return numbers;
}

const isListed = ({ spec }: { spec: Pick<BreakpointSpec, 'owner'> }): boolean =>
  (spec.owner ?? 'user') === 'user';

/** The numbers of all that a person has set. */
export function listedNumbers({ debugger: guest, numbers }: Context): readonly number[] {
  const breakpoints = guest.breakpoints().filter(isListed);
  const watchpoints = guest.watchpoints().filter(isListed);
  return [
    ...breakpoints.map(({ id }) => numbers.of('breakpoint', id)),
    ...watchpoints.map(({ id }) => numbers.of('watchpoint', id)),
  ];
}

/** Does something to each of the numbers, or to all; tells which there are not. */
function toEach(
  context: Context,
  args: string,
  action: (number: number) => string | undefined,
): Answer {
  const words = args.replace(/^breakpoints\b\s*/, '');
  const numbers = words === '' ? listedNumbers(context) : numbersOf(words);
  if (numbers === undefined) return fail(`"${words}" are no numbers of breakpoints`);
  const problems = numbers.flatMap((number) => action(number) ?? []);
  return problems.length === 0 ? say() : fail(problems.join('\n'));
}

function remove(context: Context, number: number): string | undefined {
  const { debugger: guest } = context;
  context.scripts.delete(number);
  const found = context.numbers.find(number);
  const isGone =
    found !== undefined &&
    (found.kind === 'breakpoint'
      ? guest.removeBreakpoint(found.id)
      : guest.removeWatchpoint(found.id));
  return isGone ? undefined : `there is no breakpoint ${number}`;
}

function change(
  context: Context,
  number: number,
  spec: Partial<BreakpointSpec>,
): string | undefined {
  const found = context.numbers.find(number);
  if (found?.kind === 'watchpoint')
    return `${number} is a watchpoint, which can only be deleted and set again`;
  const changed = found && context.debugger.changeBreakpoint(found.id, spec);
  return changed === undefined ? `there is no breakpoint ${number}` : undefined;
}

/** "N REST" of ignore, condition. */
function numbered(args: string): { number: number; rest: string } | undefined {
  const [, number, rest = ''] = /^(\d{1,6})(?:\s+(.*))?$/s.exec(args) ?? [];
  return number === undefined ? undefined : { number: Number(number), rest: rest.trim() };
}

function ignore(context: Context, args: string): Answer {
  const parts = numbered(args);
  if (parts === undefined || !/^\d{1,9}$/.test(parts.rest)) return fail('as in: ignore 1 10');
  const problem = change(context, parts.number, { ignore: Number(parts.rest) });
  return problem === undefined
    ? say(`${parts.rest} hits of breakpoint ${parts.number} will be passed over`)
    : fail(problem);
}

function condition(context: Context, args: string): Answer {
  const parts = numbered(args);
  if (parts === undefined) return fail('as in: condition 1 n > 3');
  const problem = change(context, parts.number, { condition: parts.rest || undefined });
  if (problem !== undefined) return fail(problem);
  return say(parts.rest === '' ? `breakpoint ${parts.number} stops always` : '');
}

const events: Readonly<Record<string, keyof Catches>> = {
  load: 'modules',
  unload: 'modules',
  modules: 'modules',
  exceptions: 'exceptions',
  fault: 'exceptions',
  entry: 'entry',
};

function catchEvent(context: Context, args: string): Answer {
  const [name = '', off] = args.split(/\s+/);
  const event = events[name];
  if (event === undefined || (off !== undefined && off !== 'off'))
    return fail(`catch: one of ${Object.keys(events).join(', ')}; and off behind it`);
  context.debugger.catch({ [event]: off === undefined });
  return say();
}

export const stops: readonly Command[] = [
  {
    ...{ name: 'break', aliases: ['b', 'br'], group: 'stops' },
    ...{ usage: '[LOCATION] [if CONDITION]', completes: 'location' },
    summary: 'stop at a function, file:line, line, *address',
    help: 'What is not loaded yet is pending.  Without a location: here.',
    run: (context, args) => breakAt(context, args, false),
  },
  {
    ...{ name: 'tbreak', aliases: ['tb'], group: 'stops', completes: 'location' },
    usage: '[LOCATION] [if CONDITION]',
    summary: 'the same, once',
    run: (context, args) => breakAt(context, args, true),
  },
  {
    ...{ name: 'watch', group: 'stops', usage: 'EXPRESSION [if CONDITION]' },
    ...{ summary: 'stop when memory changes', completes: 'expression' },
    run: (context, args) => watch(context, args, 'write'),
  },
  {
    ...{ name: 'rwatch', group: 'stops', usage: 'EXPRESSION [if CONDITION]' },
    ...{ summary: 'stop when memory is read', completes: 'expression' },
    run: (context, args) => watch(context, args, 'read'),
  },
  {
    ...{ name: 'awatch', group: 'stops', usage: 'EXPRESSION [if CONDITION]' },
    ...{ summary: 'stop when memory is read or written', completes: 'expression' },
    run: (context, args) => watch(context, args, 'access'),
  },
  {
    ...{ name: 'catch', group: 'stops', usage: 'EVENT [off]', completes: Object.keys(events) },
    summary: 'stop when modules come and go, at faults, at entries',
    run: catchEvent,
  },
  {
    ...{ name: 'delete', aliases: ['d', 'clear'], group: 'stops', usage: '[NUMBER...]' },
    summary: 'delete breakpoints and watchpoints; all without a number',
    run: (context, args) => toEach(context, args, (number) => remove(context, number)),
  },
  {
    ...{ name: 'enable', aliases: ['en'], group: 'stops', usage: '[NUMBER...]' },
    summary: 'let breakpoints stop again',
    run: (context, args) =>
      toEach(context, args, (number) => change(context, number, { enabled: true })),
  },
  {
    ...{ name: 'disable', aliases: ['dis'], group: 'stops', usage: '[NUMBER...]' },
    summary: 'keep breakpoints from stopping',
    run: (context, args) =>
      toEach(context, args, (number) => change(context, number, { enabled: false })),
  },
  {
    ...{ name: 'ignore', group: 'stops', usage: 'NUMBER COUNT' },
    summary: 'pass over so many hits',
    run: ignore,
  },
  {
    ...{ name: 'condition', group: 'stops', usage: 'NUMBER [CONDITION]' },
    summary: 'stop only if the condition is not 0; without one, always',
    run: condition,
  },
];
