// A snapshot of a machine: all that decides how the run goes on.

import type { FaultState, RawEvent } from '../arch/cpu.ts';
import type { Addr } from '../base/address.ts';
import type { Block, SliceState } from '../engine/slice.ts';
import type { IntcState } from './devices/intc.ts';
import type { LinkerState } from './devices/linker.ts';
import type { LastWord } from './devices/power.ts';
import type { TimerState } from './devices/timer.ts';
import type { RamImage } from './ram-image.ts';
import type { Position } from './stop.ts';

/** An exception that a listener wanted to see before it is entered. */
export interface PendingEntry {
  readonly event: RawEvent;
  readonly fault: FaultState;
}

export interface MachineState {
  readonly position: Position;
  /** As libunicorn saves it. */
  readonly cpu: Uint8Array;
  readonly slice: SliceState;
  readonly ram: RamImage;
  readonly consoleLength: number;
  readonly intc: IntcState;
  readonly timer: TimerState;
  readonly linker: LinkerState;
  readonly lastWord: LastWord | undefined;
  /** The private parts of the run loop. */
  readonly loop: {
    readonly pc: Addr;
    readonly attention: boolean;
    readonly asleep: boolean;
    readonly slices: number;
    readonly looks: number;
    readonly entries: number;
    readonly open: boolean;
    readonly block: Block | undefined;
    readonly pending: PendingEntry | undefined;
  };
}
