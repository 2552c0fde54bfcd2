// aarch64's general registers in the order of gdb's org.gnu.gdb.aarch64.core.

import type { Register } from '../arch.ts';

export const registers: readonly Register[] = [
  ...Array.from({ length: 31 }, (_, i): Register => ({ name: `x${i}`, bits: 64 })),
  { name: 'sp', bits: 64 },
  { name: 'pc', bits: 64 },
  { name: 'cpsr', bits: 32 },
];
