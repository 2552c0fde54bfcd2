// amd64's general registers in the order of gdb's org.gnu.gdb.i386.core.

import type { Register } from '../arch.ts';

const wide = [
  ...['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp'],
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'],
];

export const registers: readonly Register[] = [
  ...wide.map((name): Register => ({ name, bits: 64 })),
  { name: 'eflags', bits: 32 },
];

/** By their DWARF numbers: https://gitlab.com/x86-psABIs/x86-64-ABI, figure 3.36 */
export const dwarfRegisters: readonly string[] = [
  'rax',
  'rdx',
  'rcx',
  'rbx',
  'rsi',
  'rdi',
  'rbp',
  'rsp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'rip',
];
