// How to run one instruction where the engine stops only after several: in an IT
// block.  The state that predicates the block is cut to one instruction before it,
// and put back advanced by one behind it.

import type { Predication } from '../arch/arch.ts';
import type { Cpu, VirtualMemory } from '../arch/cpu.ts';
import type { Addr } from '../base/address.ts';

export type PredicatedStep =
  /** The instruction only sets the state, or is not executed; nothing need run. */
  | { readonly kind: 'passed'; readonly bytes: number; readonly state: number }
  /** One of several: runs under `alone`; behind it the state is `next`. */
  | {
      readonly kind: 'inside';
      readonly state: number;
      readonly alone: number;
      readonly next: number;
    };

/** undefined: the engine stops behind the instruction by itself. */
export function predicatedStep(
  predication: Predication,
  cpu: Cpu,
  memory: VirtualMemory,
  pc: Addr,
): PredicatedStep | undefined {
  const state = predication.read(cpu);
  if (state === 0) {
    const begun = predication.begins(memory, pc);
    return begun === 0 ? undefined : { kind: 'passed', bytes: 2, state: begun };
  }
  // ITAdvance() of the manual.
  const isLast = (state & 7) === 0;
  const next = isLast ? 0 : (state & 0xe0) | ((state << 1) & 0x1f);
  if (!predication.holds(cpu, state))
    return { kind: 'passed', bytes: predication.bytesAt(memory, pc), state: next };
  // The last instruction of a block needs no help.
  return isLast ? undefined : { kind: 'inside', state, alone: (state & 0xf0) | 8, next };
}
