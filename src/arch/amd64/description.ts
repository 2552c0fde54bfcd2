// amd64: the record that generic code asks.  The address map is the guest kernel's
// (guest/arch/amd64/include/machine/param.h).

import { addr, phys } from '../../base/address.ts';
import type { Arch, CallingConvention } from '../arch.ts';
import { calledFrom, isHlt } from '../x86/instructions.ts';
import { debug } from './debug-registers.ts';
import { exceptions } from './exceptions.ts';
import { frames } from './frames.ts';
import { mapped, translate } from './paging.ts';
import { dwarfRegisters, registers } from './registers.ts';
import { relocations } from './relocations.ts';
import { indirectStub, veneers } from './veneers.ts';

const native: CallingConvention = { wire: 0, name: 'System V', alignsPairs: false };

export const amd64: Arch = {
  name: 'amd64',
  elfMachine: 62,
  elfMachineName: 'EM_X86_64',
  wordBytes: 8,
  addends: 'in-record',
  relocations,
  veneers,
  indirectStub,
  map: {
    kernelBase: addr(0xffff_ffff_8000_0000n),
    ramBase: phys(0x0),
    modulesStart: addr(0xffff_ffff_c000_0000n),
    modulesEnd: addr(0xffff_ffff_e000_0000n),
  },
  registers,
  dwarfRegisters,
  debug,
  frames,
  roles: { pc: 'rip', sp: 'rsp', bootArgument: 'rdi', result: 'rax' },
  conventions: { native, linux: native },
  translate,
  mapped,
  exceptions,
  isWait: isHlt,
  calledFrom: calledFrom(8, 'rsp'),
};
