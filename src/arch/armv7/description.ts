// armv7: the record that generic code asks.  The address map is the guest kernel's
// (guest/arch/armv7/include/machine/param.h).

import { addr, phys } from '../../base/address.ts';
import type { Arch, CallingConvention } from '../arch.ts';
import { exceptions } from './exceptions.ts';
import { translate } from './paging.ts';
import { registers } from './registers.ts';
import { relocations } from './relocations.ts';
import { indirectStub, veneers } from './veneers.ts';

const native: CallingConvention = { wire: 0, name: 'AAPCS', alignsPairs: true };

export const armv7: Arch = {
  name: 'armv7',
  elfMachine: 40,
  elfMachineName: 'EM_ARM',
  wordBytes: 4,
  addends: 'in-place',
  relocations,
  veneers,
  indirectStub,
  map: {
    kernelBase: addr(0xc000_0000n),
    ramBase: phys(0x4000_0000),
    modulesStart: addr(0xbf00_0000n),
    modulesEnd: addr(0xc000_0000n),
  },
  registers,
  roles: { pc: 'pc', sp: 'sp', bootArgument: 'r0' },
  conventions: { native, linux: native },
  translate,
  exceptions,
  thumbState: (cpu) => (cpu.read('cpsr') & 0x20n) !== 0n,
};
