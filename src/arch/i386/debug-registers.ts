// i386 as gdb describes it: i386.core and i386.sse.

import { type DebugDescription, general } from '../debug-registers.ts';
import { core, sse, systemRegisters } from '../x86/debug-features.ts';

export const debug: DebugDescription = {
  gdbName: 'i386',
  triple: 'i386-unknown-unknown',
  expedited: ['eip', 'esp', 'ebp'],
  features: [
    core([
      ...general(32, 'int32', 'eax', 'ecx', 'edx', 'ebx'),
      ...general(32, 'data_ptr', 'esp', 'ebp'),
      ...general(32, 'int32', 'esi', 'edi'),
      ...general(32, 'code_ptr', 'eip'),
      ...general(32, 'i386_eflags', 'eflags'),
    ]),
    sse(8),
    systemRegisters(32),
  ],
};
