// aarch64's general registers in the order of gdb's org.gnu.gdb.aarch64.core.

import type { Register } from '../arch.ts';

export const registers: readonly Register[] = [
  ...Array.from({ length: 31 }, (_, i): Register => ({ name: `x${i}`, bits: 64 })),
  { name: 'sp', bits: 64 },
  { name: 'pc', bits: 64 },
  { name: 'cpsr', bits: 32 },
];

/** By their DWARF numbers: https://github.com/ARM-software/abi-aa/blob/main/aadwarf64/aadwarf64.rst */
export const dwarfRegisters: readonly string[] = [
  ...Array.from({ length: 31 }, (_, i) => `x${i}`),
  ...['sp', 'pc'],
];
