// Makes the guest run and tells what came of it; every command that runs it comes here.

import type { DebugRequest, Resume, ResumeOptions } from '../debug/model.ts';
import { type Answer, fail, say } from './command.ts';
import type { Context } from './context.ts';
import { type Stride, stopText } from './stop-text.ts';

const RUNNING = 'the guest is running; Ctrl-C stops it';

/** Runs to the next stop; then what `commands` attached to a breakpoint is next. */
export async function resume(
  context: Context,
  how: Resume,
  stride: Stride,
  options: ResumeOptions = {},
): Promise<Answer> {
  const problem = notRunnable(context, options);
  return problem === undefined ? run(context, how, stride, options) : fail(problem);
}

/** Asks the guest for something and runs until it is done, or to a stop before. */
export async function request(context: Context, wanted: DebugRequest): Promise<Answer> {
  const { debugger: guest } = context;
  if (guest.running) return fail(RUNNING);
  const problem = guest.begin(wanted);
  return problem === undefined ? run(context, { kind: 'continue' }, 'far', {}) : fail(problem);
}

async function run(
  context: Context,
  how: Resume,
  stride: Stride,
  options: ResumeOptions,
): Promise<Answer> {
  const { debugger: guest } = context;
  context.before = guest.registers();
  context.selectThread(undefined);
  const stop = await guest.resume(how, options);
  if (stop.reason === 'breakpoint')
    for (const { id } of stop.breakpoints) {
      const number = context.numbers.of('breakpoint', id);
      context.queue.push(...(context.scripts.get(number) ?? []));
    }
  return say(stopText(context, stop, stride));
}

function notRunnable({ debugger: guest }: Context, { reverse }: ResumeOptions): string | undefined {
  if (guest.running) return RUNNING;
  const { stop } = guest;
  if (stop === undefined) return 'nothing runs yet; type start, run, or load FILE';
  if (reverse === true) return undefined;
  if (stop.reason === 'dead') return 'the machine will not run any more; it can go back in time';
  return stop.reason === 'done' || stop.reason === 'idle'
    ? 'the guest is idle; load FILE or call FUNCTION'
    : undefined;
}
