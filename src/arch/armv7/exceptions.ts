// How an ARMv7-A CPU enters a handler (ARM ARM section B1.8): banked mode with
// its own lr and spsr, fault status and address in CP15, vector at VBAR.

import { type Addr, addr, plus } from '../../base/address.ts';
import type {
  Cpu,
  Entry,
  Exceptions,
  FaultState,
  RawEvent,
  SystemRegister,
  VirtualMemory,
} from '../cpu.ts';

const p15 = (crn: number, crm: number, op2: number): SystemRegister => ({
  op0: 15,
  op1: 0,
  crn,
  crm,
  op2,
});
const SCTLR = p15(1, 0, 0);
const DFSR = p15(5, 0, 0);
const IFSR = p15(5, 0, 1);
const DFAR = p15(6, 0, 0);
const IFAR = p15(6, 0, 2);
const VBAR = p15(12, 0, 0);

const MODE = { irq: 0x12n, svc: 0x13n, abt: 0x17n, und: 0x1bn } as const;
const CPSR_T = 1n << 5n;
const CPSR_I = 1n << 7n;
const CPSR_A = 1n << 8n;
/** Mode, T, E, A, I, IT[7:2], J, IT[1:0]: what entry sets afresh; F stays. */
const REPLACED = 0x0700_ffbfn;
const SCTLR_TE = 1n << 30n;
/** IFSR of a debug event. */
const DEBUG_EVENT = 2n;

/** Unicorn's interrupt numbers on ARM (QEMU's EXCP_*). */
const SVC = 2;
const PREFETCH_ABORT = 3;
const DATA_ABORT = 4;
const BKPT = 7;

/** DFSR: the access was a write; why it was refused. */
const DFSR_WNR = 1 << 11;
const FAULT_STATUS = 0x40f;
const ALIGNMENT = 1;
/** POSIX signals by exception. */
const signals: Readonly<Record<number, number>> = { 2: 31, 3: 11, 4: 11, 7: 5 };

interface Vector {
  readonly name: string;
  readonly mode: bigint;
  readonly offset: number;
  /** What lr holds, relative to the PC the engine shows. */
  readonly lr: (thumb: boolean) => number;
  readonly masksAborts: boolean;
}

const vectors = {
  undefined: {
    name: 'undefined instruction',
    mode: MODE.und,
    offset: 0x04,
    lr: (t) => (t ? 2 : 4),
    masksAborts: false,
  },
  svc: { name: 'supervisor call', mode: MODE.svc, offset: 0x08, lr: () => 0, masksAborts: false },
  prefetch: {
    name: 'prefetch abort',
    mode: MODE.abt,
    offset: 0x0c,
    lr: () => 4,
    masksAborts: true,
  },
  breakpoint: { name: 'breakpoint', mode: MODE.abt, offset: 0x0c, lr: () => 4, masksAborts: true },
  data: { name: 'data abort', mode: MODE.abt, offset: 0x10, lr: () => 8, masksAborts: true },
  irq: { name: 'interrupt', mode: MODE.irq, offset: 0x18, lr: () => 4, masksAborts: true },
} as const satisfies Record<string, Vector>;

function vectorOf(event: RawEvent): Vector | undefined {
  if (event.kind === 'undefined-instruction') return vectors.undefined;
  switch (event.number) {
    case SVC:
      return vectors.svc;
    case PREFETCH_ABORT:
      return vectors.prefetch;
    case DATA_ABORT:
      return vectors.data;
    case BKPT:
      return vectors.breakpoint;
    default:
      return undefined;
  }
}

function enterVector(cpu: Cpu, vector: Vector, pc: Addr): Entry {
  const old = cpu.read('cpsr');
  const thumb = (old & CPSR_T) !== 0n;
  const thumbHandler = (cpu.readSystem(SCTLR) & SCTLR_TE) !== 0n;
  const aborts = vector.masksAborts ? CPSR_A : old & CPSR_A;
  cpu.write(
    'cpsr',
    (old & ~REPLACED) | vector.mode | CPSR_I | aborts | (thumbHandler ? CPSR_T : 0n),
  );
  cpu.write('spsr', old);
  cpu.write('lr', (plus(addr(pc & ~1n), vector.lr(thumb)) as bigint) & 0xffff_ffffn);
  return { kind: 'entered', pc: plus(addr(cpu.readSystem(VBAR)), vector.offset) };
}

export const exceptions: Exceptions = {
  reset: () => {},
  interruptsEnabled: (cpu) => (cpu.read('cpsr') & CPSR_I) === 0n,
  enter: (cpu: Cpu, _memory: VirtualMemory, event: RawEvent, pc: Addr, fault: FaultState) => {
    const vector = vectorOf(event);
    if (vector === undefined)
      return {
        kind: 'entry-failure',
        reason: `${exceptions.describe(event)} is not modelled on armv7`,
      };
    if (vector === vectors.data) {
      cpu.writeSystem(DFSR, BigInt(fault.code));
      cpu.writeSystem(DFAR, fault.address);
    } else if (vector === vectors.prefetch || vector === vectors.breakpoint) {
      const debug = vector === vectors.breakpoint;
      cpu.writeSystem(IFSR, debug ? DEBUG_EVENT : BigInt(fault.code));
      cpu.writeSystem(IFAR, debug ? pc : fault.address);
    }
    return enterVector(cpu, vector, pc);
  },
  enterInterrupt: (cpu, _memory, pc) => enterVector(cpu, vectors.irq, pc),
  diagnose: (_cpu, event, fault) => {
    if (event.kind !== 'interrupt') return { signal: 4, access: undefined };
    const { number } = event;
    const signal = signals[number] ?? 4;
    if (number !== PREFETCH_ABORT && number !== DATA_ABORT) return { signal, access: undefined };
    if ((fault.code & FAULT_STATUS) === ALIGNMENT) return { signal: 7, access: undefined };
    const data = fault.code & DFSR_WNR ? 'write' : 'read';
    const kind = number === PREFETCH_ABORT ? 'execute' : data;
    return { signal, access: { kind, address: fault.address } };
  },
  describe: (event) =>
    vectorOf(event)?.name ??
    (event.kind === 'interrupt' ? `exception ${event.number}` : event.kind),
};
