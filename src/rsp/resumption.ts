// What vCont and its older relatives ask for (gdb manual, E.2).  There is one CPU: an
// action for any thread is one for the machine.

import type { Addr } from '../base/address.ts';
import { addressOf } from './hex.ts';
import { parseThread } from './threads.ts';

export type Resumption =
  | { readonly kind: 'continue' | 'step' | 'stop' }
  /** Steps while the pc is within. */
  | { readonly kind: 'range'; readonly start: Addr; readonly end: Addr }
  | { readonly kind: 'reverse-step' | 'reverse-continue' };

/** The reply to "vCont?". */
export const VCONT = 'vCont;c;C;s;S;t;r';

/**
 * The action for a thread of "vCont;ACTION[:THREAD]...": the leftmost one that names it,
 * or the first; undefined: it is none.
 */
export function parseVCont(packet: string, thread: number): Resumption | undefined {
  let first: Resumption | undefined;
  for (const part of packet.split(';').slice(1)) {
    const [action = '', id, ...rest] = part.split(':');
    const resumption = parseAction(action);
    const choice = id === undefined ? 'all' : parseThread(id);
    if (resumption === undefined || choice === undefined || rest.length > 0) return undefined;
    if (typeof choice === 'string' || choice.thread === thread) return resumption;
    first ??= resumption;
  }
  return first;
}

function parseAction(action: string): Resumption | undefined {
  if (action === 'c' || /^C[0-9a-fA-F]{2}$/.test(action)) return { kind: 'continue' };
  if (action === 's' || /^S[0-9a-fA-F]{2}$/.test(action)) return { kind: 'step' };
  if (action === 't') return { kind: 'stop' };
  if (!action.startsWith('r')) return undefined;
  const [from, to, ...rest] = action.slice(1).split(',');
  const start = addressOf(from);
  const end = addressOf(to);
  if (start === undefined || end === undefined || rest.length > 0) return undefined;
  return { kind: 'range', start, end };
}
