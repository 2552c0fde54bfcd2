// What a machine is made with.

import type { Arch } from '../arch/arch.ts';

export interface MachineOptions {
  readonly arch: Arch;
  /** The libunicorn to load. */
  readonly library: string;
  /** A multiple of 4 MiB; default 64 MiB. */
  readonly ramBytes?: number;
  /** 'callback' counts blocks in JavaScript, for hosts without machine code. */
  readonly slices?: 'native' | 'callback';
}

export const DEFAULT_RAM: number = 64 << 20;
export const RAM_UNIT: number = 4 << 20;
