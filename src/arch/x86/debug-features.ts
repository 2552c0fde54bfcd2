// What i386 and amd64 share of gdb's target descriptions: the x87 FPU, SSE, the flags,
// and the system registers.  gdb takes the whole of org.gnu.gdb.i386.core or rejects
// the description, so the x87 registers are there although the guest has no use for
// them.

import {
  control,
  type DebugFeature,
  type DebugFlags,
  type DebugRegister,
  floating,
  numbered,
  SYSTEM_FEATURE,
  syndrome,
  system,
  vector,
} from '../debug-registers.ts';

const single = (...names: readonly [string, number][]): [string, number, number][] =>
  names.map(([name, bit]) => [name, bit, bit]);

const eflags: DebugFlags = {
  id: 'i386_eflags',
  bytes: 4,
  fields: [
    ...single(['CF', 0], ['', 1], ['PF', 2], ['AF', 4], ['ZF', 6], ['SF', 7], ['TF', 8]),
    ...single(['IF', 9], ['DF', 10], ['OF', 11]),
    ['IOPL', 12, 13],
    ...single(['NT', 14], ['RF', 16], ['VM', 17], ['AC', 18], ['VIF', 19], ['VIP', 20]),
    ...single(['ID', 21]),
  ],
};

const mxcsr: DebugFlags = {
  id: 'i386_mxcsr',
  bytes: 4,
  fields: [
    ...single(['IE', 0], ['DE', 1], ['ZE', 2], ['OE', 3], ['UE', 4], ['PE', 5], ['DAZ', 6]),
    ...single(['IM', 7], ['DM', 8], ['ZM', 9], ['OM', 10], ['UM', 11], ['PM', 12]),
    ...single(['FZ', 15]),
  ],
};

/** org.gnu.gdb.i386.core around the general registers. */
export function core(registers: readonly DebugRegister[]): DebugFeature {
  const selectors = control(32, 'cs', 'ss', 'ds', 'es', 'fs', 'gs').map(
    (each): DebugRegister => ({ ...each, type: 'int32', group: 'general' }),
  );
  const fpu = ['fctrl', 'fstat', 'ftag', 'fiseg', 'fioff', 'foseg', 'fooff', 'fop'];
  return {
    name: 'org.gnu.gdb.i386.core',
    flags: [eflags],
    registers: [
      ...registers,
      ...selectors,
      ...floating(80, 'i387_ext', ...numbered('st', 8)),
      ...floating(32, 'int32', ...fpu),
    ],
  };
}

export function sse(count: 8 | 16): DebugFeature {
  return {
    name: 'org.gnu.gdb.i386.sse',
    flags: [mxcsr],
    registers: [
      ...vector(128, 'vec128', ...numbered('xmm', count)),
      ...vector(32, mxcsr.id, 'mxcsr'),
    ],
  };
}

export function systemRegisters(bits: 32 | 64): DebugFeature {
  return {
    name: SYSTEM_FEATURE,
    flags: [],
    registers: [
      ...control(bits, 'cr0'),
      syndrome('cr2', bits, { kind: 'cpu' }),
      ...control(bits, 'cr3', 'cr4'),
      system('idt_base', bits, { kind: 'table', table: 'idtr', part: 'base' }),
      system('idt_limit', 32, { kind: 'table', table: 'idtr', part: 'limit' }),
      system('gdt_base', bits, { kind: 'table', table: 'gdtr', part: 'base' }),
      system('gdt_limit', 32, { kind: 'table', table: 'gdtr', part: 'limit' }),
      system('tss_base', bits, { kind: 'table', table: 'tr', part: 'base' }),
    ],
  };
}
