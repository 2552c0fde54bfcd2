// Why a machine stops, and the moments of its run.

import type { FaultState, RawEvent } from '../arch/cpu.ts';
import type { Addr } from '../base/address.ts';

/** Why the machine stopped. */
export type Stop =
  /** A device has something for the host. */
  | { readonly kind: 'attention' }
  /** Asleep with nothing to wake it. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'off'; readonly status: number }
  | { readonly kind: 'panic'; readonly message: string }
  /** The time given to run() is used up. */
  | { readonly kind: 'limit'; readonly pc: Addr }
  /** A trap was reached, or the moment to pause at; run() goes on as if it had not. */
  | { readonly kind: 'trap' | 'paused' }
  /** A listener wants to look before the handler of an exception is entered. */
  | { readonly kind: 'exception'; readonly event: RawEvent; readonly fault: FaultState }
  /** The CPU cannot go on; real hardware would reset. */
  | { readonly kind: 'dead'; readonly pc: Addr; readonly reason: string };

/** Stops that are only for a debugger: run() goes on as if they had not been. */
export type Interruption = Extract<Stop, { kind: 'trap' | 'paused' | 'exception' }>;

export function isInterruption(stop: Stop): stop is Interruption {
  return stop.kind === 'trap' || stop.kind === 'paused' || stop.kind === 'exception';
}

/** Told of each exception before its handler is entered; 'stop' makes run() stop there. */
export type ExceptionListener = (
  event: RawEvent,
  pc: Addr,
  fault: FaultState,
) => 'stop' | undefined;

/**
 * A moment of a run, the same in every run of the same input.  In order of time they
 * are in order of their members.
 */
export interface Position {
  /** Virtual nanoseconds before the block that the CPU stands in. */
  readonly now: number;
  /** Exceptions and interrupts entered so far. */
  readonly entries: number;
  /** Within a block the PC only grows. */
  readonly pc: Addr;
}
