// What is under way in a booted kernel, and all that it is at a moment.

import type { MachineState } from '../machine/state.ts';
import type { LinkerService } from './linker-service.ts';
import type { Completion, Death } from './requests.ts';

/** A request to the guest that is under way. */
export interface Job<T> {
  readonly slot: number;
  readonly finish: (completion: Completion) => T;
}

/** All that decides how the run goes on, in the guest and here. */
export interface KernelState {
  readonly machine: MachineState;
  readonly service: ReturnType<LinkerService['save']>;
  readonly done: readonly number[];
  readonly death: Death | undefined;
}
