// i386's general registers in the order of gdb's org.gnu.gdb.i386.core.

import type { Register } from '../arch.ts';

export const registers: readonly Register[] = [
  ...['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags'],
].map((name): Register => ({ name, bits: 32 }));

/** By their DWARF numbers: https://gitlab.com/x86-psABIs/i386-ABI, table 2.14 */
export const dwarfRegisters: readonly string[] = [
  'eax',
  'ecx',
  'edx',
  'ebx',
  'esp',
  'ebp',
  'esi',
  'edi',
  'eip',
  'eflags',
];
