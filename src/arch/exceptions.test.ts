// Exception entry as each architecture's manual says: what is stored where, which
// flags change, and what happens when there is no way in.

import { describe, expect, test } from 'vitest';
import { FakeCpu, FakeMemory } from '../../test/support/fake-cpu.ts';
import { addr } from '../base/address.ts';
import type { Entry, FaultState, RawEvent, SystemRegister } from './cpu.ts';
import { architectures } from './registry.ts';

const interrupt = (number: number): RawEvent => ({ kind: 'interrupt', number });
const undefinedInstruction: RawEvent = { kind: 'undefined-instruction' };
const fault = (code: number, address = 0n): FaultState => ({
  code,
  hint: false,
  address: addr(address),
});
const entered = (pc: bigint): Entry => ({ kind: 'entered', pc: addr(pc) });

const GP = 13;
const DIVIDE = 0;
const PAGE_FAULT = 14;
const IF = 0x200n;
const TF = 0x100n;
const NT = 0x4000n;
const RF = 0x1_0000n;

describe('amd64', () => {
  const { exceptions } = architectures.amd64;
  const IDT = 0xffff_ffff_8020_0000n;
  const STACK = 0xffff_ffff_c000_8000n;
  const TSS = 0xffff_ffff_8030_0000n;
  const IST1 = 0xffff_ffff_8040_1000n;
  const HANDLER = 0xffff_ffff_8010_0000n;
  const PC = addr(0xffff_ffff_c000_1234n);

  /** Gates to HANDLER + 16 * vector; a double fault takes the first IST. */
  const computer = (gateType = 0x8en) => {
    const memory = new FakeMemory()
      .map(IDT)
      .map(STACK - 4096n)
      .map(TSS)
      .map(IST1 - 4096n);
    for (let vector = 0n; vector < 64n; vector++) {
      const handler = HANDLER + 16n * vector;
      const ist = vector === 8n ? 1n << 32n : 0n;
      const low = (handler & 0xffffn) | (8n << 16n) | ist | (gateType << 40n);
      memory.poke(IDT + 16n * vector, 8, low | (((handler >> 16n) & 0xffffn) << 48n));
      memory.poke(IDT + 16n * vector + 8n, 8, handler >> 32n);
    }
    memory.poke(TSS + 36n, 8, IST1);
    const cpu = new FakeCpu({ cs: 8n, ss: 16n, rsp: STACK - 3n, eflags: 2n | IF | TF | NT | RF });
    cpu.tables.set('idtr', { selector: 0, base: addr(IDT), limit: 64 * 16 - 1 });
    cpu.tables.set('tr', { selector: 24, base: addr(TSS), limit: 103 });
    return { cpu, memory };
  };

  test('pushes ss, rsp, flags, cs, rip and the error code, on an aligned stack', () => {
    const { cpu, memory } = computer();
    const entry = exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(0x11));
    expect(entry).toEqual(entered(HANDLER + 16n * 14n));
    const sp = STACK - 16n - 48n;
    expect(cpu.read('rsp')).toBe(sp);
    const frame = [0x11n, PC, 8n, 2n | IF | TF | NT | RF, STACK - 3n, 16n];
    expect(memory.words(sp, 8, 6)).toEqual(frame);
  });

  test.for([
    ['a divide error', DIVIDE, 5],
    ['a general protection fault', GP, 6],
    ['a page fault', PAGE_FAULT, 6],
    ['a breakpoint', 3, 5],
  ] as const)('%s (%i) pushes %i words', ([, vector, words]) => {
    const { cpu, memory } = computer();
    exceptions.enter(cpu, memory, interrupt(vector), PC, fault(0));
    expect(cpu.read('rsp')).toBe(STACK - 16n - BigInt(8 * words));
  });

  test('an undefined instruction is vector 6, an interrupt 32', () => {
    const { cpu, memory } = computer();
    expect(exceptions.enter(cpu, memory, undefinedInstruction, PC, fault(0))).toEqual(
      entered(HANDLER + 16n * 6n),
    );
    expect(exceptions.enterInterrupt(cpu, memory, PC)).toEqual(entered(HANDLER + 16n * 32n));
  });

  test.for([
    ['interrupt', 0x8en, 2n],
    ['trap', 0x8fn, 2n | IF],
  ] as const)('an %s gate leaves these flags', ([, type, flags]) => {
    const { cpu, memory } = computer(type);
    exceptions.enter(cpu, memory, interrupt(3), PC, fault(0));
    expect(cpu.read('eflags')).toBe(flags);
  });

  test('without a stack it is a double fault, on the stack of the interrupt stack table', () => {
    const { cpu, memory } = computer();
    cpu.write('rsp', 0x5000n);
    const entry = exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(2));
    expect(entry).toEqual(entered(HANDLER + 16n * 8n));
    expect(cpu.read('rsp')).toBe(IST1 - 48n);
    expect(memory.words(IST1 - 48n, 8, 5)).toEqual([0n, PC, 8n, 2n | IF | TF | NT | RF, 0x5000n]);
  });

  test.for([
    ['the IDT is unmapped', { idt: 0x1000n }, 'the IDT is unmapped'],
    ['the vector is beyond the IDT', { limit: 14 * 16 - 1 }, 'vector 14 is beyond the IDT'],
    ['the gate is not present', { type: 0x0en }, 'the gate of vector 14 is not present'],
    ['the code segment changes', { cs: 0x1bn }, 'the gate of vector 14 changes the code segment'],
  ] as const)('when %s, and for the double fault too, that is the end', ([, change, reason]) => {
    const { cpu, memory } = computer('type' in change ? change.type : 0x8en);
    if ('idt' in change || 'limit' in change) {
      const base = addr('idt' in change ? change.idt : IDT);
      const limit = 'limit' in change ? change.limit : 1023;
      cpu.tables.set('idtr', { selector: 0, base, limit });
      if ('limit' in change) memory.poke(IDT + 8n * 16n, 8, 0n);
    }
    if ('cs' in change) cpu.write('cs', change.cs);
    const entry = exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(0));
    expect(entry).toMatchObject({
      kind: 'entry-failure',
      reason: expect.stringContaining(
        `triple fault: page fault at 0xffffffffc0001234, but ${reason}`,
      ),
    });
    expect(cpu.read('rsp')).toBe(STACK - 3n);
  });

  test('a read-only stack is no stack', () => {
    const { cpu, memory } = computer();
    memory.map(STACK - 4096n, false);
    expect(exceptions.enter(cpu, memory, interrupt(3), PC, fault(0))).toEqual(
      entered(HANDLER + 16n * 8n),
    );
  });

  test.for([
    ['IF clear', 0n, 0x90n, false],
    ['IF set', IF, 0x90n, true],
    ['IF set, just after sti', IF, 0xfbn, false],
  ] as const)('an interrupt with %s', ([, flags, before, taken]) => {
    const { cpu, memory } = computer();
    memory.map(PC & ~4095n);
    memory.poke(PC - 1n, 1, before);
    cpu.write('eflags', flags);
    expect(exceptions.interruptsEnabled(cpu, memory, PC)).toBe(taken);
  });
});

describe('i386', () => {
  const { exceptions } = architectures.i386;
  const IDT = 0xc020_0000n;
  const STACK = 0xf800_8000n;
  const HANDLER = 0xc010_0000n;
  const PC = addr(0xf800_1234n);

  const computer = (gateType = 0x8en) => {
    const memory = new FakeMemory().map(IDT).map(STACK - 4096n);
    for (let vector = 0n; vector < 64n; vector++) {
      const handler = HANDLER + 16n * vector;
      memory.poke(IDT + 8n * vector, 4, (handler & 0xffffn) | (8n << 16n));
      memory.poke(IDT + 8n * vector + 4n, 4, (handler & 0xffff_0000n) | (gateType << 8n));
    }
    const cpu = new FakeCpu({ cs: 8n, ss: 16n, esp: STACK, eflags: 2n | IF | TF });
    cpu.tables.set('idtr', { selector: 0, base: addr(IDT), limit: 64 * 8 - 1 });
    return { cpu, memory };
  };

  test('pushes flags, cs, eip and the error code', () => {
    const { cpu, memory } = computer();
    const entry = exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(2));
    expect(entry).toEqual(entered(HANDLER + 16n * 14n));
    expect(cpu.read('esp')).toBe(STACK - 16n);
    expect(memory.words(STACK - 16n, 4, 4)).toEqual([2n, PC, 8n, 2n | IF | TF]);
    expect(cpu.read('eflags')).toBe(2n);
  });

  test('a trap gate leaves interrupts enabled', () => {
    const { cpu, memory } = computer(0x8fn);
    exceptions.enter(cpu, memory, interrupt(3), PC, fault(0));
    expect(cpu.read('eflags')).toBe(2n | IF);
    expect(cpu.read('esp')).toBe(STACK - 12n);
  });

  test('without a stack there is none for the double fault either: a triple fault', () => {
    const { cpu, memory } = computer();
    cpu.write('esp', 0x5000n);
    expect(exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(0))).toEqual({
      kind: 'entry-failure',
      reason:
        'triple fault: page fault at 0xf8001234, but no stack at 0x4ffc; ' +
        'double fault: no stack at 0x4ffc',
    });
  });

  describe('with a task gate for the double fault', () => {
    const GDT = 0xc030_0000n;
    const [OLD, NEXT, TOP] = [GDT + 0x100n, GDT + 0x200n, GDT + 0x1000n];
    const names = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

    /** No stack, and a task at NEXT whose stack ends at `top`. */
    const withTask = ({ type = 0x89n, cs = 8n, top = TOP } = {}) => {
      const { cpu, memory } = computer();
      memory.map(GDT);
      memory.poke(IDT + 8n * 8n, 4, 0x20n << 16n);
      memory.poke(IDT + 8n * 8n + 4n, 4, 0x8500n);
      memory.poke(GDT + 0x20n, 4, 103n | ((NEXT & 0xffffn) << 16n));
      memory.poke(GDT + 0x24n, 4, ((NEXT >> 16n) & 0xffn) | (type << 8n) | (NEXT & 0xff00_0000n));
      memory.poke(NEXT + 32n, 4, HANDLER);
      memory.poke(NEXT + 36n, 4, 2n);
      memory.poke(NEXT + 56n, 4, top);
      memory.poke(NEXT + 76n, 4, cs);
      cpu.tables.set('gdtr', { selector: 0, base: addr(GDT), limit: 0x27 });
      cpu.tables.set('tr', { selector: 0x18, base: addr(OLD), limit: 103 });
      for (const [i, name] of names.entries()) cpu.write(name, 0x5000n + BigInt(i));
      return { cpu, memory };
    };

    test('the registers are kept in the old task and come from the new one', () => {
      const { cpu, memory } = withTask();
      const entry = exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(2));
      expect(entry).toEqual(entered(HANDLER));
      const kept = names.map((_, i) => 0x5000n + BigInt(i));
      expect(memory.words(OLD + 32n, 4, 10)).toEqual([PC, 2n | IF | TF, ...kept]);
      expect(memory.words(OLD + 76n, 4, 1)).toEqual([8n]);
      expect(memory.words(NEXT, 4, 1)).toEqual([0x18n]);
      expect(memory.words(TOP - 4n, 4, 1)).toEqual([0n]);
      expect(cpu.read('esp')).toBe(TOP - 4n);
      expect(cpu.read('eax')).toBe(0n);
      expect(cpu.read('eflags')).toBe(2n | NT);
    });

    test.for([
      ['is busy', { type: 0x8bn }, 'the task gate names no available task'],
      [
        'has another code segment',
        { cs: 0x1bn },
        'the task changes the code segment, or is unmapped',
      ],
      ['has no stack', { top: 0x9000n }, 'no stack at 0x8ffc'],
    ] as const)('a task that %s makes a triple fault', ([, task, reason]) => {
      const { cpu, memory } = withTask(task);
      expect(exceptions.enter(cpu, memory, interrupt(PAGE_FAULT), PC, fault(2))).toMatchObject({
        kind: 'entry-failure',
        reason: expect.stringMatching(new RegExp(`^triple fault: .*; double fault: ${reason}$`)),
      });
    });
  });

  test('a gate that is not present is a double fault', () => {
    const { cpu, memory } = computer();
    memory.poke(IDT + 8n * 6n + 4n, 4, 0n);
    expect(exceptions.enter(cpu, memory, undefinedInstruction, PC, fault(0))).toEqual(
      entered(HANDLER + 16n * 8n),
    );
  });
});

describe('armv7', () => {
  const { exceptions } = architectures.armv7;
  const VBAR = 0xc000_8000n;
  const PC = addr(0xbf00_1234n);
  const p15 = (crn: number, crm: number, op2: number): SystemRegister => ({
    op0: 15,
    op1: 0,
    crn,
    crm,
    op2,
  });
  const computer = (cpsr: bigint, sctlr = 1n): FakeCpu => {
    const cpu = new FakeCpu({ cpsr });
    cpu.writeSystem(p15(12, 0, 0), VBAR);
    cpu.writeSystem(p15(1, 0, 0), sctlr);
    return cpu;
  };
  const SVC = 0x13n;
  const I = 0x80n;
  const A = 0x100n;
  const T = 0x20n;

  test.for([
    ['an undefined instruction', undefinedInstruction, 0x04n, 0x1bn | I, 4n],
    ['a supervisor call', interrupt(2), 0x08n, 0x13n | I, 0n],
    ['a prefetch abort', interrupt(3), 0x0cn, 0x17n | I | A, 4n],
    ['a data abort', interrupt(4), 0x10n, 0x17n | I | A, 8n],
    ['a breakpoint', interrupt(7), 0x0cn, 0x17n | I | A, 4n],
  ] as const)('%s sets mode, lr, spsr and vector', ([, event, vector, cpsr, lr]) => {
    const cpu = computer(0x6000_0000n | SVC);
    const entry = exceptions.enter(cpu, new FakeMemory(), event, PC, fault(5, 0x18n));
    expect(entry).toEqual(entered(VBAR + vector));
    expect(cpu.read('cpsr')).toBe(0x6000_0000n | cpsr);
    expect(cpu.read('spsr')).toBe(0x6000_0000n | SVC);
    expect(cpu.read('lr')).toBe(PC + lr);
  });

  test('an interrupt sets them too', () => {
    const cpu = computer(SVC);
    expect(exceptions.enterInterrupt(cpu, new FakeMemory(), PC)).toEqual(entered(VBAR + 0x18n));
    expect(cpu.read('cpsr')).toBe(0x12n | I | A);
    expect(cpu.read('lr')).toBe(PC + 4n);
  });

  test('a data abort says where and why in DFAR and DFSR', () => {
    const cpu = computer(SVC);
    exceptions.enter(cpu, new FakeMemory(), interrupt(4), PC, fault(0x805, 0x18n));
    expect(cpu.readSystem(p15(5, 0, 0))).toBe(0x805n);
    expect(cpu.readSystem(p15(6, 0, 0))).toBe(0x18n);
    expect(cpu.readSystem(p15(6, 0, 2))).toBe(0n);
  });

  test.for([
    ['a prefetch abort', 3, 7n, 0x18n],
    ['a breakpoint', 7, 2n, BigInt(PC)],
  ] as const)('%s says so in IFSR and IFAR', ([, number, status, address]) => {
    const cpu = computer(SVC);
    exceptions.enter(cpu, new FakeMemory(), interrupt(number), PC, fault(7, 0x18n));
    expect(cpu.readSystem(p15(5, 0, 1))).toBe(status);
    expect(cpu.readSystem(p15(6, 0, 2))).toBe(address);
  });

  test('from Thumb code the handler is ARM code, and lr has no Thumb bit', () => {
    const cpu = computer(SVC | T | 0x0600_fc00n);
    exceptions.enter(cpu, new FakeMemory(), undefinedInstruction, addr(PC | 1n), fault(0));
    expect(cpu.read('cpsr')).toBe(0x1bn | I);
    expect(cpu.read('lr')).toBe(PC + 2n);
    expect(cpu.read('spsr') & T).toBe(T);
  });

  test('with SCTLR.TE the handler is Thumb code', () => {
    const cpu = computer(SVC, (1n << 30n) | 1n);
    exceptions.enter(cpu, new FakeMemory(), interrupt(2), PC, fault(0));
    expect(cpu.read('cpsr') & T).toBe(T);
  });

  test('an exception that ARM does not have is refused', () => {
    const entry = exceptions.enter(computer(SVC), new FakeMemory(), interrupt(11), PC, fault(0));
    expect(entry).toEqual({
      kind: 'entry-failure',
      reason: 'exception 11 is not modelled on armv7',
    });
  });
});

describe('aarch64', () => {
  const { exceptions } = architectures.aarch64;
  const VBAR = 0xffff_8000_0808_0800n;
  const PC = addr(0xffff_8000_0000_1234n);
  const SPSR: SystemRegister = { op0: 3, op1: 0, crn: 4, crm: 0, op2: 0 };
  const EL1H = 0x6000_0005n;
  const computer = (cpsr = EL1H): FakeCpu =>
    new FakeCpu({ cpsr, vbar_el1: VBAR, far_el1: 1n, esr_el1: 1n });

  test.for([
    ['a data abort', interrupt(4), 0x9600_0004, 0x9600_0004n, 0x18n],
    ['an instruction abort', interrupt(3), 0x8600_0004, 0x8600_0004n, 0x18n],
    ['a breakpoint', interrupt(7), 0xf200_0000, 0xf200_0000n, 1n],
    ['a supervisor call', interrupt(2), 0x5600_0000, 0x5600_0000n, 1n],
    ['an undefined instruction', undefinedInstruction, 0x9600_0004, 0n, 1n],
  ] as const)('%s sets ELR, SPSR, ESR and FAR', ([, event, code, esr, far]) => {
    const cpu = computer();
    const entry = exceptions.enter(cpu, new FakeMemory(), event, PC, fault(code, 0x18n));
    expect(entry).toEqual(entered(VBAR + 0x200n));
    expect(cpu.read('elr_el1')).toBe(PC);
    expect(cpu.readSystem(SPSR)).toBe(EL1H);
    expect(cpu.read('esr_el1')).toBe(esr);
    expect(cpu.read('far_el1')).toBe(far);
    expect(cpu.read('cpsr')).toBe(0x3c5n);
  });

  test('an interrupt has a vector of its own', () => {
    const cpu = computer();
    expect(exceptions.enterInterrupt(cpu, new FakeMemory(), PC)).toEqual(entered(VBAR + 0x280n));
    expect(cpu.read('esr_el1')).toBe(1n);
  });

  test.for([0x0n, 0x4n])('an exception from mode %s is refused', (mode) => {
    const entry = exceptions.enter(computer(mode), new FakeMemory(), interrupt(4), PC, fault(0));
    expect(entry).toMatchObject({ kind: 'entry-failure', reason: expect.stringContaining('EL1h') });
  });

  test.for([
    [0x5n, true],
    [0x85n, false],
    [0x345n, true],
  ] as const)('with PSTATE %s interrupts are taken: %s', ([pstate, taken]) => {
    expect(exceptions.interruptsEnabled(computer(pstate), new FakeMemory(), PC)).toBe(taken);
  });
});
