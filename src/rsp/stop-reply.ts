// Stop replies (gdb manual, E.3): why the guest stands still, with the registers that
// a client wants first.

import type { DebugStop } from '../debug/model.ts';
import type { Ending } from './program.ts';

/** gdb's own numbers of signals, where they differ from POSIX. */
const gdbSignals: Readonly<Record<number, number>> = { 7: 10 };
const SIGINT = 2;
const SIGABRT = 6;
const SIGTRAP = 5;

/** 'T05', with what is to be said of this kind of stop. */
export function stopHead(stop: DebugStop | undefined, pointReason: string): string {
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
export function endReply(ending: Ending, multiprocess: boolean): string {
  const process = multiprocess ? ';process:1' : '';
  return ending.kind === 'exited'
    ? `W${byte(ending.status)}${process}`
    : `X${byte(ending.signal)}${process}`;
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
