// Stop replies (gdb manual, E.3): why the guest stands still, with the registers that
// a client wants first.

import type { DebugStop } from '../debug/model.ts';
import type { Ending } from './program.ts';
import type { ClientFeatures } from './queries.ts';
import type { Target } from './target.ts';

/** gdb's own numbers of signals, where they differ from POSIX. */
const gdbSignals: Readonly<Record<number, number>> = { 7: 10 };
const SIGINT = 2;
const SIGABRT = 6;
const SIGTRAP = 5;

/**
 * The reply to `?`, which is also that of the last stop.
 * @param interrupted whether the client has interrupted what it resumed last
 */
export function stateReply(target: Target, client: ClientFeatures, interrupted: boolean): string {
  const { ended } = target.program;
  if (ended !== undefined) return endReply(ended, client.multiprocess);
  const { stop } = target.debugger;
  const reason = stop === undefined ? '' : target.points.reason(stop, client.swbreak);
  const thread = target.threads.name(target.threads.current());
  const registers = target.registers.expedited(target.read);
  const head = headInstead(target, client, interrupted) ?? stopHead(stop, reason);
  return `${head}thread:${thread};${registers}`;
}

/** What a stop is to the client, if that is something else. */
function headInstead(
  target: Target,
  client: ClientFeatures,
  interrupted: boolean,
): string | undefined {
  const { stop } = target.debugger;
  // Between two steps.
  if (stop?.reason === 'step' && interrupted) return 'T02';
  if (stop === undefined || !target.points.isFetched(stop)) return undefined;
  return `T05${client.swbreak ? 'swbreak:;' : ''}`;
}

/** 'T05', with what is to be said of this kind of stop. */
function stopHead(stop: DebugStop | undefined, pointReason: string): string {
  return `T${byte(signalOf(stop))}${eventOf(stop) || pointReason}`;
}

function signalOf(stop: DebugStop | undefined): number {
  switch (stop?.reason) {
    case 'interrupt':
      return SIGINT;
    case 'exception':
      return gdbSignals[stop.exception.signal] ?? stop.exception.signal;
    case 'dead':
      return SIGABRT;
    case 'done':
    case 'idle':
      return 0;
    default:
      return SIGTRAP;
  }
}

function eventOf(stop: DebugStop | undefined): string {
  if (stop?.reason === 'module') return 'library:;';
  return stop?.reason === 'history-begin' ? 'replaylog:begin;' : '';
}

/** 'W00', 'X0b'. */
function endReply(ending: Ending, multiprocess: boolean): string {
  const process = multiprocess ? ';process:1' : '';
  return ending.kind === 'exited'
    ? `W${byte(ending.status)}${process}`
    : `X${byte(ending.signal)}${process}`;
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
