// i386: the record that generic code asks.  The address map is the guest kernel's
// (guest/arch/i386/include/machine/param.h).

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

const native: CallingConvention = { wire: 0, name: 'cdecl', alignsPairs: false };

export const i386: Arch = {
  name: 'i386',
  elfMachine: 3,
  elfMachineName: 'EM_386',
  wordBytes: 4,
  addends: 'in-place',
  relocations,
  veneers,
  indirectStub,
  map: {
    kernelBase: addr(0xc000_0000n),
    ramBase: phys(0x0),
    modulesStart: addr(0xf800_0000n),
    modulesEnd: addr(0xfc00_0000n),
  },
  registers,
  dwarfRegisters,
  debug,
  frames,
  roles: { pc: 'eip', sp: 'esp', bootArgument: 'eax', result: 'eax' },
  conventions: { native, linux: { wire: 1, name: 'regparm(3)', alignsPairs: false } },
  translate,
  mapped,
  exceptions,
  isWait: isHlt,
  calledFrom: calledFrom(4, 'esp'),
};
