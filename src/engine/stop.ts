// Why the engine stops.

import type { RawEvent } from '../arch/cpu.ts';

/** Why the CPU stopped; slice.used says what it has run. */
export type EngineStop =
  | { readonly kind: 'budget' | 'halted' | 'stopped' }
  | { readonly kind: 'event'; readonly event: RawEvent }
  /** The instruction at the PC reached physical memory that is not there. */
  | { readonly kind: 'bus-error' }
  | { readonly kind: 'engine-error'; readonly message: string }
  /** For a debugger; the slice can be resumed. */
  | { readonly kind: 'trap' | 'paused' | 'uneven' }
  /** `blockBytes`: of the block that begins at the instruction. */
  | { readonly kind: 'stepped'; readonly blockBytes: number };
