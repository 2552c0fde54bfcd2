// armv7 as gdb describes it: arm.core, arm.vfp with 32 double registers, and arm.neon,
// which is only a name; system registers are those of CP15 (ARM ARM, B3.17).

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
} from '../debug-registers.ts';

const cpsr: DebugFlags = {
  id: 'arm_psr',
  bytes: 4,
  fields: [
    ['M', 0, 4],
    ...(['T', 'F', 'I', 'A', 'E'] as const).map((name, i) => [name, 5 + i, 5 + i] as const),
    ['GE', 16, 19],
    ['J', 24, 24],
    ...(['Q', 'V', 'C', 'Z', 'N'] as const).map((name, i) => [name, 27 + i, 27 + i] as const),
  ],
};

function cp15(name: string, crn: number, crm: number, op2: number): DebugRegister {
  return system(name, 32, at(crn, crm, op2));
}

/** What an exception leaves. */
function left(name: string, crn: number, crm: number, op2: number): DebugRegister {
  return syndrome(name, 32, at(crn, crm, op2));
}

function at(crn: number, crm: number, op2: number): RegisterSource {
  return { kind: 'system', register: { op0: 15, op1: 0, crn, crm, op2 } };
}

export const debug: DebugDescription = {
  gdbName: 'arm',
  triple: 'armv7-unknown-unknown-eabi',
  expedited: ['pc', 'sp', 'r11', 'lr', 'cpsr'],
  features: [
    {
      name: 'org.gnu.gdb.arm.core',
      flags: [cpsr],
      registers: [
        ...general(32, 'uint32', ...numbered('r', 13)),
        ...general(32, 'data_ptr', 'sp'),
        ...general(32, 'uint32', 'lr'),
        ...general(32, 'code_ptr', 'pc'),
        ...general(32, cpsr.id, 'cpsr'),
      ],
    },
    {
      name: 'org.gnu.gdb.arm.vfp',
      flags: [],
      registers: [
        ...floating(64, 'ieee_double', ...numbered('d', 32)),
        ...floating(32, 'int32', 'fpscr'),
      ],
    },
    { name: 'org.gnu.gdb.arm.neon', flags: [], registers: [] },
    {
      name: SYSTEM_FEATURE,
      flags: [],
      registers: [
        system('spsr', 32, { kind: 'cpu' }),
        cp15('sctlr', 1, 0, 0),
        cp15('ttbr0', 2, 0, 0),
        cp15('ttbr1', 2, 0, 1),
        cp15('ttbcr', 2, 0, 2),
        left('dfsr', 5, 0, 0),
        left('ifsr', 5, 0, 1),
        left('dfar', 6, 0, 0),
        left('ifar', 6, 0, 2),
        cp15('vbar', 12, 0, 0),
      ],
    },
  ],
};
