// amd64 as gdb describes it: i386.core with wide registers, i386.sse and
// i386.segments.

import { type DebugDescription, general } from '../debug-registers.ts';
import { core, sse, systemRegisters } from '../x86/debug-features.ts';

export const debug: DebugDescription = {
  gdbName: 'i386:x86-64',
  triple: 'x86_64-unknown-unknown',
  expedited: ['rip', 'rsp', 'rbp'],
  features: [
    core([
      ...general(64, 'int64', 'rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi'),
      ...general(64, 'data_ptr', 'rbp', 'rsp'),
      ...general(64, 'int64', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'),
      ...general(64, 'code_ptr', 'rip'),
      ...general(32, 'i386_eflags', 'eflags'),
    ]),
    sse(16),
    {
      name: 'org.gnu.gdb.i386.segments',
      flags: [],
      registers: general(64, 'int64', 'fs_base', 'gs_base'),
    },
    systemRegisters(64),
  ],
};
