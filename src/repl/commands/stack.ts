// The stack, its frames, and threads.

import type { StackFrame } from '../../debug/model.ts';
import { type Answer, type Command, countOf, fail, say } from '../command.ts';
import type { Context } from '../context.ts';
import { frameText } from '../frame-text.ts';
import { around } from '../listing.ts';
import { visible } from '../paint.ts';

/** Without a count. */
const FRAME_LIMIT = 64;

function backtrace(context: Context, args: string): Answer {
  const words = args.split(/\s+/).filter((word) => word !== '');
  const full = words.some((word) => word === 'full' || word === '-full');
  const count = countOf(words.filter((word) => /^\d/.test(word)).join(' '), FRAME_LIMIT);
  const known = words.every((word) => /^(-?full|\d+)$/.test(word));
  if (count === undefined || !known) return fail(`backtrace: as in bt, bt full, bt 5`);
  const frames = context.frames(count + 1);
  if (frames.length === 0) return fail('nothing runs, so there is no stack');
  const shown = frames.slice(0, count).flatMap((frame) => {
    const line = frameText(context, frame, { numbered: true, address: frame.index > 0 });
    return full ? [line, ...localLines(context, frame).map((each) => `        ${each}`)] : [line];
  });
  if (frames.length > count) shown.push('(more frames follow)');
  return say(shown.join('\n'));
}

/** "name = value" of what a frame has, without its parameters. */
export function localLines(context: Context, frame: StackFrame): readonly string[] {
  const locals = context.debugger.locals(frame).filter(({ role }) => role !== 'parameter');
  return locals.map(({ name, text }) => `${name} = ${visible(text)}`);
}

function select(context: Context, index: number, missing: string): Answer {
  const frame = context.selectFrame(index);
  if (frame === undefined) return fail(missing);
  return showFrame(context, frame);
}

function showFrame(context: Context, frame: StackFrame): Answer {
  const head = frameText(context, frame, { numbered: true, address: frame.index > 0 });
  return say([head, ...around(context, frame)].join('\n'));
}

function move(context: Context, args: string, direction: 1 | -1): Answer {
  const count = countOf(args, 1);
  if (count === undefined) return fail(`"${args}" is no count`);
  const end = direction > 0 ? 'this is the outermost frame' : 'this is the innermost frame';
  const wanted = context.frameNumber + direction * count;
  const most = context.frames().length - 1;
  const index = Math.max(0, Math.min(wanted, most));
  if (index === context.frameNumber) return fail(most < 0 ? 'nothing runs' : end);
  return select(context, index, end);
}

export function threadsText(context: Context): string {
  const selected = context.thread;
  const rows = context.debugger.threads().map((thread) => {
    const [top] = context.debugger.frames(thread.id, 1);
    const where = top === undefined ? '' : frameText(context, top, { address: true });
    const mark = thread.id === selected?.id ? '*' : ' ';
    return `${mark} ${thread.id}  ${visible(thread.name)} (${thread.state})  ${where}`.trimEnd();
  });
  return rows.join('\n');
}

function thread(context: Context, args: string): Answer {
  if (args === '') {
    const { thread: current } = context;
    if (current === undefined) return fail('there are no threads yet');
    return say(`thread ${current.id}, ${visible(current.name)} (${current.state})`);
  }
  const found = context.debugger
    .threads()
    .find(({ id, name }) => String(id) === args || name === args);
  if (found === undefined) return fail(`there is no thread ${args}; see info threads`);
  context.selectThread(found.id);
  const { frame } = context;
  return frame === undefined ? say(`thread ${found.id} has no frames`) : showFrame(context, frame);
}

export const stack: readonly Command[] = [
  {
    ...{ name: 'backtrace', aliases: ['bt', 'where'], group: 'stack', usage: '[full] [COUNT]' },
    summary: 'who called whom; full: with locals',
    completes: ['full'],
    run: backtrace,
  },
  {
    ...{ name: 'frame', aliases: ['f'], group: 'stack', usage: '[NUMBER]' },
    summary: 'select a frame, or show the selected one',
    run: (context, args) => {
      const index = args === '' ? context.frameNumber : /^\d{1,6}$/.test(args) ? Number(args) : -1;
      return select(context, index, `there is no frame ${args || '0'}`);
    },
  },
  {
    ...{ name: 'up', group: 'stack', usage: '[COUNT]', repeats: 'same' },
    summary: 'to the caller',
    run: (context, args) => move(context, args, 1),
  },
  {
    ...{ name: 'down', group: 'stack', usage: '[COUNT]', repeats: 'same' },
    summary: 'to what was called',
    run: (context, args) => move(context, args, -1),
  },
  {
    ...{ name: 'thread', group: 'stack', usage: '[NUMBER | NAME]' },
    summary: 'select a thread of the guest',
    run: thread,
  },
];
