// i386 has no veneers: a branch's 32-bit distance wraps around in the 32-bit
// address space, so it reaches everything.

import type { Veneers } from '../veneer.ts';

export const veneers: Veneers | undefined = undefined;
