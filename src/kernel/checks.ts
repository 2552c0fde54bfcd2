// Checks: modules are watched more closely than they can run fast.  Most of it is the
// guest kernel's (guest/check); this is what a program asks for.

import { BOOT } from './wire.ts';

export interface Checks {
  /**
   * What the bytes of a new block of the heap are, 0 to 255; default 0xa5.  A module
   * that behaves otherwise with another byte reads what nobody wrote.
   */
  readonly fill?: number;
}

const DEFAULT_FILL = 0xa5;

/** true: all checks there are. */
export type WantedChecks = boolean | Checks;

/** Flags of the boot information. */
export function bootFlags(checks: WantedChecks): number {
  if (checks === false) return 0;
  const { fill = DEFAULT_FILL } = checks === true ? {} : checks;
  return BOOT.checks | ((fill & BOOT.fillMask) << BOOT.fillShift);
}
