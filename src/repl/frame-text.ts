// A stack frame as one line, as gdb has it: number, address when it is not at the
// beginning of a line, function, arguments, place.

import type { StackFrame } from '../debug/model.ts';
import type { Context } from './context.ts';
import { visible } from './paint.ts';

/** Longer values of arguments are cut. */
const VALUE_LIMIT = 60;

export interface FrameStyle {
  /** With "#0  " before it. */
  readonly numbered?: boolean;
  /** With the address; callers always have it. */
  readonly address?: boolean;
}

export function frameText(context: Context, frame: StackFrame, how: FrameStyle = {}): string {
  const number = how.numbered === true ? `#${String(frame.index).padEnd(3)}` : '';
  const hasAddress = (how.address === true || frame.index > 0) && !frame.inlined;
  const hex = frame.pc.toString(16).padStart(context.debugger.arch.wordBytes * 2, '0');
  const address = hasAddress || frame.line === undefined ? `0x${hex} in ` : '';
  const name = context.host.style.bold(visible(frame.function ?? '??'));
  const where =
    frame.file === undefined
      ? frame.module === undefined
        ? ''
        : ` from ${visible(frame.module)}`
      : ` at ${visible(frame.file)}:${frame.line ?? '?'}`;
  const trap = frame.interrupted && frame.index > 0 ? ' <interrupted>' : '';
  return `${number}${address}${name} (${argumentsOf(context, frame)})${where}${trap}`;
}

function argumentsOf(context: Context, frame: StackFrame): string {
  if (frame.file === undefined) return '';
  return context.debugger
    .locals(frame)
    .filter(({ role }) => role === 'parameter')
    .map(({ name, text }) => `${name}=${short(visible(text))}`)
    .join(', ');
}

function short(text: string): string {
  if (text.startsWith('{')) return '...';
  return text.length > VALUE_LIMIT ? `${text.slice(0, VALUE_LIMIT)}...` : text;
}
