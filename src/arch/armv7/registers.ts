// armv7's general registers in the order of gdb's org.gnu.gdb.arm.core.

import type { Register } from '../arch.ts';

export const registers: readonly Register[] = [
  ...['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'r12'],
  ...['sp', 'lr', 'pc', 'cpsr'],
].map((name): Register => ({ name, bits: 32 }));

/** By their DWARF numbers: https://github.com/ARM-software/abi-aa/blob/main/aadwarf32/aadwarf32.rst */
export const dwarfRegisters: readonly string[] = [
  'r0',
  'r1',
  'r2',
  'r3',
  'r4',
  'r5',
  'r6',
  'r7',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'sp',
  'lr',
  'pc',
];
