// What the linker and the flavours ask of an architecture: no more, so that a
// test needs no machine and no table walk leaks into them.

import type { Arch } from './arch.ts';

export type LinkArch = Pick<
  Arch,
  | 'name'
  | 'elfMachine'
  | 'elfMachineName'
  | 'wordBytes'
  | 'relocations'
  | 'veneers'
  | 'indirectStub'
>;
