// aarch64 as gdb describes it: aarch64.core and aarch64.fpu; system registers are
// those of EL1 (Arm ARM, D17.2).

import {
  type DebugDescription,
  type DebugFlags,
  type DebugRegister,
  floating,
  general,
  numbered,
  type RegisterSource,
  SYSTEM_FEATURE,
  syndrome,
  system,
  vector,
} from '../debug-registers.ts';

const cpsr: DebugFlags = {
  id: 'cpsr_flags',
  bytes: 4,
  fields: [
    ['SP', 0, 0],
    ['EL', 2, 3],
    ['nRW', 4, 4],
    ...(['F', 'I', 'A', 'D'] as const).map((name, i) => [name, 6 + i, 6 + i] as const),
    ...(['IL', 'SS'] as const).map((name, i) => [name, 20 + i, 20 + i] as const),
    ...(['V', 'C', 'Z', 'N'] as const).map((name, i) => [name, 28 + i, 28 + i] as const),
  ],
};

function el1(name: string, crn: number, crm: number, op2: number): DebugRegister {
  return system(name, 64, at(crn, crm, op2));
}

/** What an exception leaves. */
function left(name: string, crn: number, crm: number, op2: number): DebugRegister {
  return syndrome(name, 64, at(crn, crm, op2));
}

function at(crn: number, crm: number, op2: number): RegisterSource {
  return { kind: 'system', register: { op0: 3, op1: 0, crn, crm, op2 } };
}

export const debug: DebugDescription = {
  gdbName: 'aarch64',
  triple: 'aarch64-unknown-unknown',
  expedited: ['pc', 'sp', 'x29', 'x30'],
  features: [
    {
      name: 'org.gnu.gdb.aarch64.core',
      flags: [cpsr],
      registers: [
        ...general(64, 'int64', ...numbered('x', 31)),
        ...general(64, 'data_ptr', 'sp'),
        ...general(64, 'code_ptr', 'pc'),
        ...general(32, cpsr.id, 'cpsr'),
      ],
    },
    {
      name: 'org.gnu.gdb.aarch64.fpu',
      flags: [],
      registers: [
        ...vector(128, 'vec128', ...numbered('v', 32)),
        ...floating(32, 'int32', 'fpsr', 'fpcr'),
      ],
    },
    {
      name: SYSTEM_FEATURE,
      flags: [],
      registers: [
        el1('sctlr_el1', 1, 0, 0),
        el1('ttbr0_el1', 2, 0, 0),
        el1('ttbr1_el1', 2, 0, 1),
        el1('tcr_el1', 2, 0, 2),
        left('spsr_el1', 4, 0, 0),
        left('elr_el1', 4, 0, 1),
        system('sp_el0', 64, { kind: 'cpu' }),
        left('esr_el1', 5, 2, 0),
        left('far_el1', 6, 0, 0),
        el1('vbar_el1', 12, 0, 0),
      ],
    },
  ],
};
