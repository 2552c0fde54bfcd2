// What an engine is made with.

import type { Arch } from '../arch/arch.ts';

export interface EngineOptions {
  readonly library: string;
  readonly arch: Arch;
  readonly ramBytes: number;
  /** 'callback' forces the portable block callback where machine code would do. */
  readonly slices?: 'native' | 'callback';
}
