// aarch64: the record that generic code asks.  The address map is the guest kernel's
// (guest/arch/aarch64/include/machine/param.h).

import { type Addr, addr, phys } from '../../base/address.ts';
import type { Arch, CallingConvention } from '../arch.ts';
import type { Cpu, VirtualMemory } from '../cpu.ts';
import { debug } from './debug-registers.ts';
import { exceptions } from './exceptions.ts';
import { frames } from './frames.ts';
import { mapped, translate } from './paging.ts';
import { dwarfRegisters, registers } from './registers.ts';
import { relocations } from './relocations.ts';
import { indirectStub, veneers } from './veneers.ts';

const native: CallingConvention = { wire: 0, name: 'AAPCS64', alignsPairs: false };

/** BL and BLR leave the address behind them in x30. */
function calledFrom(cpu: Cpu, _memory: VirtualMemory, pc: Addr): Addr | undefined {
  const behind = cpu.read('x30');
  return behind === pc + 4n && cpu.read('pc') !== behind ? addr(behind) : undefined;
}

/** WFI is 0xd503207f. */
function isWfi(code: Uint8Array): boolean {
  return code[0] === 0x7f && code[1] === 0x20 && code[2] === 0x03 && code[3] === 0xd5;
}

export const aarch64: Arch = {
  name: 'aarch64',
  elfMachine: 183,
  elfMachineName: 'EM_AARCH64',
  wordBytes: 8,
  addends: 'in-record',
  relocations,
  veneers,
  indirectStub,
  map: {
    kernelBase: addr(0xffff_8000_0800_0000n),
    ramBase: phys(0x4000_0000),
    modulesStart: addr(0xffff_8000_0000_0000n),
    modulesEnd: addr(0xffff_8000_0800_0000n),
  },
  registers,
  dwarfRegisters,
  debug,
  frames,
  roles: { pc: 'pc', sp: 'sp', bootArgument: 'x0', result: 'x0' },
  conventions: { native, linux: native },
  translate,
  mapped,
  exceptions,
  isWait: isWfi,
  calledFrom,
};
