// How an AArch64 CPU enters a handler at EL1 (ARM ARM section D1.3): ELR, SPSR,
// ESR and FAR of EL1, interrupts masked, vector at VBAR_EL1.  Our kernels stay at
// EL1 on SP_EL1; an exception from elsewhere is refused.

import { type Addr, addr, formatAddr, plus } from '../../base/address.ts';
import type {
  Cpu,
  Entry,
  Exceptions,
  FaultState,
  RawEvent,
  SystemRegister,
  VirtualMemory,
} from '../cpu.ts';

const SCR_EL3: SystemRegister = { op0: 3, op1: 6, crn: 1, crm: 1, op2: 0 };
const HCR_EL2: SystemRegister = { op0: 3, op1: 4, crn: 1, crm: 1, op2: 0 };
const SPSR_EL1: SystemRegister = { op0: 3, op1: 0, crn: 4, crm: 0, op2: 0 };

/** The lower exception level is AArch64; without it EL1 walks as AArch32. */
const SCR_RW_NS = 0x401n;
const HCR_RW = 1n << 31n;
const EL1H = 5n;
const MODE_MASK = 0xfn;
const PSTATE_I = 1n << 7n;
/** D, A, I, F masked, EL1h. */
const HANDLER_PSTATE = 0x3c5n;
/** Vector offsets of the current exception level on SP_ELx. */
const SYNCHRONOUS = 0x200;
const IRQ = 0x280;

/** Unicorn's interrupt numbers on ARM (QEMU's EXCP_*). */
const PREFETCH_ABORT = 3;
const DATA_ABORT = 4;
/** ESR_EL1: the access was a write; why it was refused. */
const ESR_WNR = 1 << 6;
const FAULT_STATUS = 0x3f;
const ALIGNMENT = 0x21;
/** POSIX signals by exception. */
const signals: Readonly<Record<number, number>> = { 2: 31, 3: 11, 4: 11, 7: 5, 11: 31, 13: 31 };
const names: Readonly<Record<number, string>> = {
  1: 'undefined instruction',
  2: 'supervisor call',
  3: 'instruction abort',
  4: 'data abort',
  7: 'breakpoint',
  11: 'hypervisor call',
  13: 'secure monitor call',
};

function enterVector(cpu: Cpu, offset: number, pc: Addr): Entry {
  const pstate = cpu.read('cpsr');
  if ((pstate & MODE_MASK) !== EL1H)
    return {
      kind: 'entry-failure',
      reason: `an exception from outside EL1h (PSTATE ${formatAddr(pstate)}) is not modelled`,
    };
  cpu.write('elr_el1', pc);
  cpu.writeSystem(SPSR_EL1, pstate);
  cpu.write('cpsr', HANDLER_PSTATE);
  return { kind: 'entered', pc: plus(addr(cpu.read('vbar_el1')), offset) };
}

export const exceptions: Exceptions = {
  reset: (cpu) => {
    cpu.writeSystem(SCR_EL3, SCR_RW_NS);
    cpu.writeSystem(HCR_EL2, HCR_RW);
  },
  interruptsEnabled: (cpu) => (cpu.read('cpsr') & PSTATE_I) === 0n,
  enter: (cpu: Cpu, _memory: VirtualMemory, event: RawEvent, pc: Addr, fault: FaultState) => {
    cpu.write('esr_el1', event.kind === 'interrupt' ? BigInt(fault.code) : 0n);
    if (
      event.kind === 'interrupt' &&
      (event.number === PREFETCH_ABORT || event.number === DATA_ABORT)
    )
      cpu.write('far_el1', fault.address);
    return enterVector(cpu, SYNCHRONOUS, pc);
  },
  enterInterrupt: (cpu, _memory, pc) => enterVector(cpu, IRQ, pc),
  diagnose: (_cpu, event, fault) => {
    if (event.kind !== 'interrupt') return { signal: 4, access: undefined };
    const { number } = event;
    const signal = signals[number] ?? 4;
    if (number !== PREFETCH_ABORT && number !== DATA_ABORT) return { signal, access: undefined };
    if ((fault.code & FAULT_STATUS) === ALIGNMENT) return { signal: 7, access: undefined };
    const data = fault.code & ESR_WNR ? 'write' : 'read';
    const kind = number === PREFETCH_ABORT ? 'execute' : data;
    return { signal, access: { kind, address: fault.address } };
  },
  describe: (event) =>
    event.kind === 'interrupt'
      ? (names[event.number] ?? `exception ${event.number}`)
      : 'undefined instruction',
};
