// i386's general registers in the order of gdb's org.gnu.gdb.i386.core.

import type { Register } from '../arch.ts';

export const registers: readonly Register[] = [
  ...['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags'],
].map((name): Register => ({ name, bits: 32 }));
