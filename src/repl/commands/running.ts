// Commands that make the guest run, forwards.

import type { Resume } from '../../debug/model.ts';
import { type Answer, type Command, countOf, fail } from '../command.ts';
import type { Context } from '../context.ts';
import { inFile, locate } from '../locations.ts';
import { request, resume } from '../resume.ts';
import type { Stride } from '../stop-text.ts';

/** Instructions that are looked through for the next line. */
const LOOK_AHEAD = 2000;

async function loadProgram(context: Context, entry: boolean): Promise<Answer> {
  const { debugger: guest, host } = context;
  if (host.program === undefined) return fail('no module was named; type load FILE');
  guest.catch({ entry });
  const answer = await request(context, { kind: 'load', file: host.program });
  guest.catch({ entry: false });
  return answer;
}

/** A step of `count`; what stands in `how` but for that. */
function stepping(
  name: string,
  aliases: readonly string[],
  summary: string,
  stride: Stride,
  how: Extract<Resume, { kind: 'instruction' | 'line' }>,
): Command {
  return {
    ...{ name, aliases, summary, group: 'running', usage: '[COUNT]', repeats: 'same' },
    run: (context, args) => {
      const count = countOf(args, 1);
      if (count === undefined) return fail(`${name}: "${args}" is no count`);
      return resume(context, { ...how, count }, stride);
    },
  };
}

async function until(context: Context, args: string): Promise<Answer> {
  if (args === '') return untilNextLine(context);
  const places = locate(context, inFile(context, args));
  if (typeof places === 'string') return fail(places);
  const [place] = places;
  if (place === undefined) return fail(`there is no ${args}`);
  return resume(context, { kind: 'until', address: place.address }, 'line');
}

/** Over the end of a loop, without its body again. */
function untilNextLine(context: Context): Promise<Answer> {
  const { frame, debugger: guest } = context;
  const line = frame?.line;
  const here = frame?.function;
  const next =
    frame === undefined || line === undefined
      ? undefined
      : guest
          .disassemble(frame.pc, LOOK_AHEAD)
          .find(
            (each) => each.symbol === here && each.file === frame.file && (each.line ?? 0) > line,
          );
  const how: Resume =
    next === undefined ? { kind: 'line', over: true } : { kind: 'until', address: next.address };
  return resume(context, how, 'line');
}

export const running: readonly Command[] = [
  {
    ...{ name: 'run', aliases: ['r'], group: 'running' },
    summary: 'load the module that was named, and run',
    run: (context) => loadProgram(context, false),
  },
  {
    ...{ name: 'start', group: 'running' },
    summary: 'load the module and stop at its first instruction',
    run: (context) => loadProgram(context, true),
  },
  {
    ...{ name: 'continue', aliases: ['c', 'fg'], group: 'running', usage: '[COUNT]' },
    ...{ summary: 'run to the next stop', repeats: 'same' },
    help: 'COUNT passes over the breakpoint here so many times less one.',
    run: (context, args) => {
      const count = countOf(args, 1);
      if (count === undefined) return fail(`continue: "${args}" is no count`);
      const { debugger: guest } = context;
      if (count > 1 && guest.stop?.reason === 'breakpoint')
        for (const { id } of guest.stop.breakpoints)
          guest.changeBreakpoint(id, { ignore: count - 1 });
      return resume(context, { kind: 'continue' }, 'far');
    },
  },
  stepping('step', ['s'], 'to another source line, into calls', 'line', { kind: 'line' }),
  stepping('next', ['n'], 'to another source line, over calls', 'line', {
    ...{ kind: 'line', over: true },
  }),
  stepping('stepi', ['si'], 'one instruction', 'instruction', { kind: 'instruction' }),
  stepping('nexti', ['ni'], 'one instruction, over calls', 'instruction', {
    ...{ kind: 'instruction', over: true },
  }),
  {
    ...{ name: 'finish', aliases: ['fin'], group: 'running' },
    summary: 'run until the selected frame returns',
    run: (context) => resume(context, { kind: 'finish', frame: context.frameNumber }, 'line'),
  },
  {
    ...{ name: 'until', aliases: ['u'], group: 'running', usage: '[LOCATION]' },
    ...{ summary: 'run to a later line, or to a place in this frame', repeats: 'same' },
    completes: 'location',
    run: until,
  },
  {
    ...{ name: 'advance', group: 'running', usage: 'LOCATION', completes: 'location' },
    summary: 'run to a place in this frame',
    run: (context, args) => (args === '' ? fail('advance: name a location') : until(context, args)),
  },
];
