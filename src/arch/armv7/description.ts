// armv7: the record that generic code asks.  The address map is the guest kernel's
// (guest/arch/armv7/include/machine/param.h).

import { type Addr, addr, phys } from '../../base/address.ts';
import type { Arch, CallingConvention } from '../arch.ts';
import { predication } from '../arm/it-blocks.ts';
import type { Cpu, VirtualMemory } from '../cpu.ts';
import { debug } from './debug-registers.ts';
import { exceptions } from './exceptions.ts';
import { frames } from './frames.ts';
import { mapped, translate } from './paging.ts';
import { dwarfRegisters, registers } from './registers.ts';
import { relocations } from './relocations.ts';
import { indirectStub, veneers } from './veneers.ts';

const native: CallingConvention = { wire: 0, name: 'AAPCS', alignsPairs: true };

/** BL and BLX leave the address behind them in lr, with the bit that says Thumb. */
function calledFrom(cpu: Cpu, _memory: VirtualMemory, pc: Addr): Addr | undefined {
  const behind = cpu.read('lr') & ~1n;
  const now = cpu.read('pc') & ~1n;
  if (behind !== pc + 4n && behind !== pc + 2n) return undefined;
  return now === behind ? undefined : addr(behind);
}

/** WFI: 0xbf30 in Thumb, else cccc 0011 0010 0000 1111 0000 0000 0011. */
function isWfi(code: Uint8Array): boolean {
  if (code.length === 2) return code[1] === 0xbf && code[0] === 0x30;
  return code[0] === 0x03 && code[1] === 0xf0 && code[2] === 0x20 && ((code[3] ?? 0) & 0xf) === 3;
}

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
  dwarfRegisters,
  debug,
  frames,
  roles: { pc: 'pc', sp: 'sp', bootArgument: 'r0', result: 'r0' },
  conventions: { native, linux: native },
  translate,
  mapped,
  exceptions,
  isWait: isWfi,
  calledFrom,
  predication,
  thumbState: (cpu) => (cpu.read('cpsr') & 0x20n) !== 0n,
};
